import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorhold, policyFile, SOUND, temporaryDirectory } from './session';

test('compile prints the bootstrap, the same bytes each time', async () => {
  const policy = policyFile(SOUND);
  const first = await anchorhold(['compile', policy]);
  expect(first).toMatchObject({ exit: 0, err: '' });
  expect(JSON.parse(first.out)).toHaveProperty('static_resources');
  expect((await anchorhold(['compile', policy])).out).toBe(first.out);
});

test('compile --show-policy prints a document that means the same', async () => {
  const { out } = await anchorhold(['compile', policyFile(SOUND), '--show-policy']);
  const again = await anchorhold(['compile', '-', '--show-policy'], { input: out });
  expect(out).toContain('host: api.model.example');
  expect(again).toMatchObject({ exit: 0, out });
});

test('compile --out writes all files and names them', async () => {
  const out = join(temporaryDirectory(), 'run');
  const session = await anchorhold(['compile', policyFile(SOUND), '--out', out]);
  expect(session.exit).toBe(0);
  const named = session.out.trimEnd().split('\n');
  expect(named).toEqual(expect.arrayContaining(['anchorhold.json', 'envoy.json', 'keeper.json']));
  for (const path of named) expect(existsSync(join(out, path))).toBe(true);
  expect(readdirSync(dirname(out))).toEqual(['run']);
});

test('compile --out replaces what an earlier run wrote', async () => {
  const out = join(temporaryDirectory(), 'run');
  await anchorhold(['compile', policyFile(SOUND), '--out', out]);
  const session = await anchorhold(['compile', policyFile(SOUND.replace('coder', 'other')), '--out', out]);
  expect(session.exit).toBe(0);
  expect(readdirSync(dirname(out))).toEqual(['run']);
});

test("compile --out refuses a directory that holds someone else's file, and leaves it alone", async () => {
  const out = temporaryDirectory();
  writeFileSync(join(out, 'thesis.txt'), 'years of work');
  const { exit, err } = await anchorhold(['compile', policyFile(SOUND), '--out', out]);
  expect(exit).toBe(2);
  expect(err).toContain('with thesis.txt, which was not written by anchorhold');
  expect(err).toContain('[out-not-ours]');
  expect(readdirSync(out)).toEqual(['thesis.txt']);
});

test('compile --out refuses a directory whose file was edited since', async () => {
  const out = join(temporaryDirectory(), 'run');
  await anchorhold(['compile', policyFile(SOUND), '--out', out]);
  writeFileSync(join(out, 'envoy.json'), '{}');
  const { exit, err } = await anchorhold(['compile', policyFile(SOUND), '--out', out]);
  expect(exit).toBe(2);
  expect(err).toContain('with envoy.json, which was changed since it was compiled');
  expect(readFileSync(join(out, 'envoy.json'), 'utf8')).toBe('{}');
});

test('compile refuses a policy that is not sound, on standard error', async () => {
  const { exit, out, err } = await anchorhold(['compile', '-'], { input: 'policy: 2\n' });
  expect({ exit, out }).toEqual({ exit: 1, out: '' });
  expect(err).toMatch(/\[[a-z0-9-]+\]\n/);
});
