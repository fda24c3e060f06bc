import fc from 'fast-check';
import { anchorhold, NOT_SOUND, policyFile, SOUND, temporaryDirectory } from './session';

const before = process.cwd();
beforeAll(() => process.chdir(temporaryDirectory()));
afterAll(() => process.chdir(before));

const files = [policyFile(SOUND), policyFile(NOT_SOUND), temporaryDirectory(), '/nowhere/policy.yaml', '-'];
const commands = ['check', 'compile', 'explain', 'run', 'help', 'prove'];
const options = [
  ...['--json', '--out', '--show-policy', '-H', '--header', '--policy', '--secret', '--ca', '--workspace', '--apply'],
  ...['--discard', '--workspace-overlay', '--workspace-tmp', '--network', '--isolation', '--uplink', '--envoy', '--'],
  ...['--html', '--sarif', '--baseline', '--write-baseline', '--assume', '--agent', '--port'],
  ...['--help', '-h', '--version', '-V', '--out=', '--json=yes', '--secret=a=b', '--network=none', '-Hx', '--no-json'],
];
const values = ['GET', 'https://api.model.example/v1/messages', 'model-key=env:UNSET', 'none', 'runc', '', '__proto__'];
// no separators and no dots: `--out` takes any of these
const odd = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/[./]/.test(text));
const word = fc.oneof(fc.constantFrom(...files), fc.constantFrom(...options), fc.constantFrom(...values), odd);
const line = fc.tuple(fc.constantFrom(...commands), fc.array(word, { maxLength: 8 }));

test('no command line is answered with a stack trace, and each ends as the contract says', async () => {
  await fc.assert(
    fc.asyncProperty(line, async ([command, words]) => {
      const { exit, out, err } = await anchorhold([command, ...words], { input: SOUND });
      expect(err).not.toMatch(/a fault of the program|^\s+at .*:\d+:\d+/m);
      expect([0, 1, 2]).toContain(exit);
      if (exit === 2) expect({ out, silent: err === '' }).toEqual({ out: '', silent: false });
    }),
    { numRuns: 300 },
  );
}, 60_000);

test.each([
  ['a path through a file', ['--out', `${files[0] ?? ''}/below`]],
  ['a path that is too long', ['--out', 'x'.repeat(5000)]],
  ['a path with a zero byte', ['--out', 'a\u0000b']],
])('compile --out to %s is a mistake of the caller’s', async (_what, words) => {
  const { exit, err } = await anchorhold(['compile', '-', ...words], { input: SOUND });
  expect(exit).toBe(2);
  expect(err).toMatch(/^anchorhold: --out: expected .*\[out-/);
});

test.each([
  ['compile', ['-']],
  ['explain', ['-', 'POST', 'https://api.model.example/v1/messages']],
])('%s reads the policy from standard input for -', async (command, words) => {
  expect(await anchorhold([command, ...words], { input: SOUND })).toMatchObject({ exit: 0, err: '' });
});
