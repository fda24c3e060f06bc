import { anchorhold, NOT_SOUND, policyFile, SOUND } from './session';

test('check says that a sound policy is sound and exits 0', async () => {
  const session = await anchorhold(['check', policyFile(SOUND)]);
  expect(session).toMatchObject({ exit: 0, err: '' });
  expect(session.out).toMatch(/^coder is sound: 1 upstream, digest [0-9a-f]{64}\n$/);
});

test('check names every problem on a line of its own and exits 1', async () => {
  const { exit, out } = await anchorhold(['check', policyFile(NOT_SOUND)]);
  const lines = out.trimEnd().split('\n');
  expect(exit).toBe(1);
  expect(lines.length).toBeGreaterThanOrEqual(2);
  for (const line of lines) expect(line).toMatch(/^upstreams\[0\].*: .* \[[a-z0-9-]+\]$/);
});

test('check reads standard input for -', async () => {
  expect(await anchorhold(['check', '-'], { input: SOUND })).toMatchObject({ exit: 0 });
});

test('check refuses a path where nothing is, without a stack trace', async () => {
  const { exit, out, err } = await anchorhold(['check', '/nowhere/policy.yaml']);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toBe(
    'anchorhold: /nowhere/policy.yaml: expected a policy file, got nothing there; give a path, or - for standard input [policy-unreadable]\n',
  );
});

test('check refuses text that is not a policy at all', async () => {
  const { exit, out } = await anchorhold(['check', '-'], { input: ': : :\n\t-' });
  expect(exit).toBe(1);
  expect(out).toMatch(/\[[a-z0-9-]+\]\n$/);
});

test('check shows an escape sequence of a policy as text, so that a terminal does not obey it', async () => {
  const input = 'policy: 1\nname: "\\e[31mred"\nupstreams: []\n';
  const { out } = await anchorhold(['check', '-'], { input });
  expect(out).not.toContain('\u001b');
});
