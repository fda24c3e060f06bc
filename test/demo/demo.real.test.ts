import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';

const ROOT = join(__dirname, '../..');
const START = [process.execPath, join(ROOT, 'scripts/start.mjs')];
/** Some id without rights, above any account's. */
const NOBODY = ['setpriv', '--reuid=1879000009', '--regid=1879000009', '--clear-groups', '--bounding-set=-all'];
const amRoot = process.getuid?.() === 0;

function start(words: readonly string[], prefix: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-start-'));
  chmodSync(folder, 0o777);
  const [program = '', ...rest] = [...prefix, ...START, ...words];
  return spawnSync(program, rest, {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, HOME: folder, TMPDIR: folder },
  });
}

const users = [
  ...(amRoot ? ([['root', []]] as const) : []),
  ['plain', amRoot ? [...NOBODY, '--inh-caps=-all'] : []] as const,
];

describe.each(users)('npm start for a %s user', (user, prefix) => {
  const { status, stdout, stderr } = start(['--json'], prefix);

  test('ends well, and prints one document of its schema and nothing else', () => {
    expect(status).toBe(0);
    // preparing may speak there, a drawing may not
    expect(stderr).not.toContain('\u001b');
    const schema: object = JSON.parse(readFileSync(join(ROOT, 'examples/demo/demo.schema.json'), 'utf8'));
    const validate = new Ajv({ strict: false }).compile(schema);
    validate(JSON.parse(stdout));
    expect(validate.errors).toBeNull();
    expect(JSON.parse(stdout)).toMatchObject({ passed: true, user });
  });

  test('shows each kind of way that is open and that is closed, with what the client was told', () => {
    const { outcomes } = JSON.parse(stdout);
    const byName = (part: string) => outcomes.find(({ name }: { name: string }) => name.includes(part));
    expect(byName('push to acme/web')).toMatchObject({ expected: 'allowed', exitCode: 0, ok: true });
    expect(byName('push to acme/design')).toMatchObject({ expected: 'refused', said: expect.stringContaining('403') });
    expect(byName('another path')).toMatchObject({
      expected: 'refused',
      said: expect.stringContaining('"no-rule-matched"'),
    });
    expect(byName('dots')).toMatchObject({ expected: 'refused', said: expect.stringContaining('"malformed-path"') });
    expect(byName('metadata')).toMatchObject({ expected: 'refused', said: expect.stringContaining('connect') });
    expect(outcomes.filter(({ expected }: { expected: string }) => expected === 'allowed')).toHaveLength(5);
    expect(outcomes.filter(({ expected }: { expected: string }) => expected === 'refused')).toHaveLength(8);
  });

  test('counts the agent’s model calls, and what the proxy refused with its reason', () => {
    const { summary, checks } = JSON.parse(stdout);
    expect(checks.find(({ name }: { name: string }) => name.includes('15 turns'))).toMatchObject({ ok: true });
    const rule = { decision: 'allow', host: 'api.model.example', why: 'POST /v1/messages', count: 17 };
    expect(summary).toContainEqual(expect.objectContaining(rule));
    expect(summary).toContainEqual(expect.objectContaining({ decision: 'deny', path: '/v1/files' }));
    expect(summary).toContainEqual(expect.objectContaining({ decision: 'deny', why: 'host-not-listed' }));
  });
});

test('without --json it ends with what was allowed, refused and logged, and what to do next', () => {
  const { status, stdout } = start([]);
  expect(status).toBe(0);
  const at = ['Allowed\n', 'Refused\n', 'What the proxy logged (', 'All of it came out as it must.', 'Next:\n'].map(
    (part) => stdout.indexOf(part),
  );
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(at).not.toContain(-1);
  expect(stdout).not.toContain('NOT');
});

test('on a terminal it draws how far it is, and wipes that away', () => {
  const words = JSON.stringify([...START, '--json']);
  const { stdout } = spawnSync('python3', ['-c', `import pty; pty.spawn(${words})`], { encoding: 'utf8' });
  expect(stdout).toContain('] starting a stand-in internet');
  expect(stdout).toMatch(/\[#+\.*\] the agent is at work \d+\/14/);
  expect(stdout.slice(stdout.lastIndexOf('\u001b[K'))).toMatch(/^\u001b\[K\{"version":1,.*"passed":true/);
});

test('--help tells the exits, and a mistake is told in a sentence with exit 2', () => {
  expect(start(['--help'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: .*[^]*Exit: 0 /) });
  const wrong = start(['--jsn']);
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toMatch(/^npm start: Unknown option '--jsn'.*see npm start -- --help\n$/);
});
