import { anchorhold } from './session';

test('help names every command that is built, on standard output, and exits 0', async () => {
  const { exit, out, err } = await anchorhold(['--help']);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  for (const command of ['check', 'compile', 'explain', 'prove', 'run'])
    expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test.each(['check', 'compile', 'explain', 'prove', 'run'])('%s --help tells the exits', async (command) => {
  const { exit, out } = await anchorhold([command, '--help']);
  expect(exit).toBe(0);
  expect(out).toMatch(/^Exit: .*; 2 for a mistake in the command line\.$/m);
});

test('a misspelt command is answered with the nearest one and exits 2', async () => {
  const { exit, out, err } = await anchorhold(['chek', 'policy.yaml']);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain("unknown command 'chek'");
  expect(err).toContain('Did you mean check?');
});

test('a misspelt option is answered with the nearest one and exits 2', async () => {
  const { exit, err } = await anchorhold(['compile', 'policy.yaml', '--show-polcy']);
  expect(exit).toBe(2);
  expect(err).toContain('Did you mean --show-policy?');
});

test('a missing argument is named and exits 2', async () => {
  const { exit, err } = await anchorhold(['explain', 'policy.yaml', 'GET']);
  expect(exit).toBe(2);
  expect(err).toContain("missing required argument 'url'");
});

test('run without a command exits 2', async () => {
  const { exit, err } = await anchorhold(['run', '--policy', 'policy.yaml']);
  expect(exit).toBe(2);
  expect(err).toContain("missing required argument 'command'");
});
