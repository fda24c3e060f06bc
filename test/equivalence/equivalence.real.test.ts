import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

/** A run can be repeated: the seed is printed, and ANCHORHOLD_SEED sets it. */
const seed = Number(process.env['ANCHORHOLD_SEED'] ?? Date.now() % 1_000_000);

test('what Envoy does equals decide(), over generated policies, requests and the corpus of nasty strings', () => {
  process.stderr.write(`equivalence seed ${seed}\n`);
  const namespaces = process.getuid?.() === 0 ? ['-nm'] : ['-Urnm'];
  const child = spawnSync(
    'unshare',
    [
      ...namespaces,
      '--kill-child',
      '-f',
      process.execPath,
      '--import',
      'tsx',
      path.join(__dirname, 'run.ts'),
      String(seed),
      '10',
      '2000',
    ],
    {
      encoding: 'utf8',
      timeout: 300_000,
      maxBuffer: 1 << 26,
    },
  );
  expect(child.stderr).toBe('');
  const result = JSON.parse(child.stdout);
  expect(result.mismatches).toEqual([]);
  expect(result.allowed + result.denied).toBeGreaterThanOrEqual(20_000);
  // Both verdicts must have been exercised, or agreement says nothing.
  expect(result.allowed).toBeGreaterThan(2_000);
  expect(result.denied).toBeGreaterThan(2_000);
}, 300_000);
