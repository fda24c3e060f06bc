import { anchorhold, policyFile, SOUND, temporaryDirectory } from './session';

const run = ['run', '--policy', policyFile(SOUND)];
const command = ['--', 'true'];

test('run names the flag for a secret the policy needs, before anything starts', async () => {
  const { exit, err } = await anchorhold([...run, ...command]);
  expect(exit).toBe(2);
  expect(err).toBe(
    'anchorhold: --secret: expected a source for the secret "model-key", got none; add --secret model-key=env:VARIABLE or --secret model-key=file:PATH [secret-missing]\n',
  );
});

test('run refuses an unset variable as the source of a secret', async () => {
  const { exit, err } = await anchorhold([...run, '--secret', 'model-key=env:MODEL_KEY', ...command]);
  expect(exit).toBe(2);
  expect(err).toContain('expected the variable MODEL_KEY to hold it, got an empty or unset variable');
  expect(err).toContain('[secret-empty]');
});

test('run refuses a missing file as the source of a secret', async () => {
  const { exit, err } = await anchorhold([...run, '--secret', 'model-key=file:/nowhere/key', ...command]);
  expect(exit).toBe(2);
  expect(err).toContain('expected a readable file, got nothing there at /nowhere/key [secret-unreadable]');
});

test("run refuses a secret's value on the command line and does not echo it", async () => {
  const { exit, err } = await anchorhold([...run, '--secret', 'model-key=canary-7f3a', ...command]);
  expect(exit).toBe(2);
  expect(err).toContain('a value itself never belongs on a command line');
  expect(err).not.toContain('canary-7f3a');
});

test('run names the flag for an authority the policy needs', async () => {
  const policy = policyFile(SOUND.replace('prefix:', 'ca: internal\n    prefix:'));
  const { exit, err } = await anchorhold(
    ['run', '--policy', policy, '--secret', 'model-key=env:MODEL_KEY', ...command],
    { env: { MODEL_KEY: 'canary' } },
  );
  expect(exit).toBe(2);
  expect(err).toContain('add --ca internal=PATH to a PEM file [authority-missing]');
});

test.each([
  [['--workspace', temporaryDirectory(), '--workspace-tmp'], 'workspace-twice'],
  [['--workspace', '/nowhere/project'], 'workspace-missing'],
  [['--apply'], 'no-overlay'],
  [['--workspace-overlay', temporaryDirectory(), '--apply', '--discard'], 'apply-and-discard'],
  [['--uplink', 'wifi'], 'uplink-unknown'],
])('run refuses %j with a code', async (flags, code) => {
  const secret = ['--secret', 'model-key=env:MODEL_KEY'];
  const { exit, err } = await anchorhold([...run, ...secret, ...flags, ...command], { env: { MODEL_KEY: 'canary' } });
  expect(exit).toBe(2);
  expect(err).toContain(`[${code}]`);
});

test('run refuses a policy that is not sound', async () => {
  const { exit } = await anchorhold(['run', '--policy', '-', ...command], { input: 'policy: 2\n' });
  expect(exit).toBe(1);
});
