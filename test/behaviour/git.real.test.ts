import { observeInNamespace } from '../faults/namespace';
import { WAYS, type Way } from '../faults/ways';
import { PASSWORD, RAW } from './git-cases';
import { testTable } from './judge';
import { LARGE, type GitObservations, type Step } from './observe-git';

let seen: GitObservations;
beforeAll(() => {
  seen = observeInNamespace<GitObservations>('git', __dirname);
}, 180_000);

const OURS = `Basic ${Buffer.from(`agent:${PASSWORD}`).toString('base64')}`;

testTable(RAW, {}, () => ({ outcomes: seen.raw, without: {} }));

describe.each(WAYS)('the git client over the %s way', (way) => {
  test('clones', () => {
    expectDone(way, 'clone');
    expect(step(way, 'clone').asked.join()).toContain('POST /acme/web/git-upload-pack');
    expect(step(way, 'clone').protocols).toEqual(['version=2']);
  });

  test('is refused what the policy does not name, readably, and nothing goes out', () => {
    expectRefused(way, 'clone of another', 'no-rule-matched');
    expect(step(way, 'clone of another')).toMatchObject({ asked: [], end: { output: expect.stringContaining('403') } });
  });

  test('pushes where a push is allowed', () => {
    expectDone(way, 'push');
    expect(step(way, 'push').refs['acme/web main']).not.toBe(step(way, 'clone').refs['acme/web main']);
  });

  test('pushes a large file in chunks', () => {
    expectDone(way, 'push of a large file');
    expect(step(way, 'push of a large file').largest).toBeGreaterThan(LARGE[way]);
  });

  test('is refused a push to what it may only clone, before anything goes out', () => {
    expectRefused(way, 'push to what may be cloned', 'no-rule-matched');
    expect(step(way, 'push to what may be cloned').asked).toEqual([]);
  });
});

test('the git client fetches with a gzipped request', () => {
  expectDone('transparent', 'fetch with a gzipped request');
  expect(step('transparent', 'fetch with a gzipped request').encodings).toContain('gzip');
});

describe.each(['transparent', 'gateway'] as const)('the git client, over the %s way once more,', (way) => {
  test.each(['clone with .git', 'clone, protocol 0', 'shallow clone'])('does a %s', (name) => {
    expectDone(way, name);
    expect(step(way, name).asked.join()).toContain('POST /acme/');
  });

  test('is refused a repository in capitals', () => {
    expectRefused(way, 'clone in capitals', 'no-rule-matched');
  });

  test.each([
    ['push to an allowed branch', 'agent/one'],
    ['push to two allowed branches', 'agent/two'],
    ['push to two allowed branches', 'bots/a/b'],
    ['push from a shallow clone', 'agent/shallow'],
    ['push of a large file to an allowed branch', 'agent/large'],
  ])('does a %s: %s', (name, ref) => {
    expectDone(way, name);
    expect(step(way, name).refs[`acme/agent ${ref}`]).toMatch(/^[0-9a-f]{40}$/);
  });

  test('does a forced push to an allowed branch: whether it is forced stands not in it', () => {
    expectDone(way, 'forced push');
    const before = step(way, 'deletion').refs['acme/agent agent/one'];
    expect(step(way, 'forced push').refs['acme/agent agent/one']).not.toBe(before);
  });

  test.each([
    ['push to main', 'branch-not-allowed'],
    ['push below a star', 'branch-not-allowed'],
    ['push to an allowed branch and main', 'branch-not-allowed'],
    ['deletion', 'branch-deletion'],
    ['push of a tag', 'branch-not-allowed'],
    ['push of a branch’s name outside heads', 'branch-not-allowed'],
    ['push of a large file to main', 'branch-not-allowed'],
    ['push from a shallow clone to main', 'branch-not-allowed'],
  ])('is refused a %s: %s', (name, reason) => {
    expectRefused(way, name, reason);
    const { refs } = step(way, name);
    expect(refs['acme/agent main']).toBe(step(way, 'clone').refs['acme/agent main']);
    expect(refs).toMatchObject({ 'acme/agent agent/a/b': '', 'acme/agent agent/mixed': '', 'acme/agent v1': '' });
    expect(refs['acme/agent agent/one']).not.toBe('');
  });
});

test('the guard that reads a push is what stops one to main', () => {
  expect(seen.unread.end).toMatchObject({ code: 0 });
  expect(seen.unread.asked.join()).toContain('POST /acme/agent/git-receive-pack');
});

test('the rules are what stops a push to what may only be cloned', () => {
  // What comes after the question is stopped once more, by the guard that reads pushes.
  expect(seen.unruled.asked).toEqual(['GET /acme/design/info/refs?service=git-receive-pack']);
});

function step(way: Way, name: string): Step {
  const found = seen.steps[way]?.[name];
  if (found === undefined) throw new Error(`no step "${name}"`);
  return found;
}

function expectDone(way: Way, name: string): void {
  expect(step(way, name).end).toMatchObject({ code: 0 });
  expect(step(way, name)).toMatchObject({ refusals: [], credentials: [OURS] });
}

function expectRefused(way: Way, name: string, reason: string): void {
  expect(step(way, name).end.code).not.toBe(0);
  expect(step(way, name).refusals).toContain(reason);
  expect(step(way, name).asked.filter((asked) => /^POST .*receive-pack/.test(asked))).toEqual([]);
}
