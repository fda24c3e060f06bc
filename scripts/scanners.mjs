/**
 * Installs the scanners of cloud templates that the tests run, cfn-lint and checkov, into `.cache/scanners/`. Development only.
 * Where they can't be had their tests skip, and say so.
 */
import { asProgram } from './say.mjs';
import { ensureCached } from './wheels.mjs';

/** The folder to put on Python's path, whose `bin` has the programs; or undefined with the reason on standard error. */
export function ensureScanners() {
  return ensureCached('scanners', {
    has: 'checkov',
    fetching: 'fetching the pinned wheels of cfn-lint and checkov (66 MB, once)',
    without: 'not installed, so no test runs cfn-lint or checkov',
  });
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureScanners() ?? 'none'}\n`));
