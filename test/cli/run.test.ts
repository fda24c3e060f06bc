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
  expect(err).toContain('expected the variable named after env: to hold it, got an empty or unset variable');
  expect(err).toContain('[secret-empty]');
});

test('run refuses a missing file as the source of a secret', async () => {
  const { exit, err } = await anchorhold([...run, '--secret', 'model-key=file:/nowhere/key', ...command]);
  expect(exit).toBe(2);
  expect(err).toContain('expected a readable file at the path after file:, got nothing there [secret-unreadable]');
});

test.each([
  ['an empty file', policyFile(''), 'an empty one'],
  ['a device or a pipe', '/dev/null', 'a device or a pipe, which can be read once only'],
])('run refuses %s as the source of a secret, before it waits for a value', async (_what, path, got) => {
  const { exit, err } = await anchorhold([...run, '--secret', `model-key=file:${path}`, ...command]);
  expect(exit).toBe(2);
  expect(err).toContain(`got ${got} [secret-unreadable]`);
});

test.each([
  ['a value instead of a source', 'model-key=canary-7f3a', 'secret-malformed'],
  ['a value alone', 'canary-7f3a', 'secret-malformed'],
  ['a value after env:', 'model-key=env:canary-7f3a', 'secret-empty'],
  ['a value after file:', 'model-key=file:canary-7f3a', 'secret-unreadable'],
  ['a value that holds a source', 'canary-7f3a=env:X', 'secret-unknown'],
  ['no value', 'model-key=env:', 'secret-malformed'],
])('run refuses %s on the command line and does not echo it', async (_what, written, code) => {
  const { exit, out, err } = await anchorhold([...run, '--secret', written, ...command]);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain(`[${code}]`);
  expect(err).not.toContain('canary-7f3a');
});

test('run refuses two sources of one secret', async () => {
  const { exit, err } = await anchorhold([
    ...run,
    ...['--secret', 'model-key=env:A', '--secret', 'model-key=file:/canary-7f3a', ...command],
  ]);
  expect(exit).toBe(2);
  expect(err).toContain('got two for one [secret-twice]');
  expect(err).not.toContain('canary-7f3a');
});

test('run names the secrets that the policy knows when it is given another', async () => {
  const { err } = await anchorhold([...run, '--secret', 'modelkey=env:A', ...command]);
  expect(err).toContain('expected the name of a secret of the policy (it names model-key), got another');
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

test('run refuses a policy that is not sound, with an exit that isn’t the command’s', async () => {
  const { exit } = await anchorhold(['run', '--policy', '-', ...command], { input: 'policy: 2\n' });
  expect(exit).toBe(125);
});
