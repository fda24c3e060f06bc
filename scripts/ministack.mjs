/**
 * Installs the emulator of AWS that the deploy suite runs against into `.cache/ministack/`. Development only. Where it can't be
 * had the suite skips, and says so.
 */
import { asProgram } from './say.mjs';
import { ensureCached } from './wheels.mjs';

/** The folder to put on Python's path, or undefined with the reason on standard error. */
export function ensureMinistack() {
  return ensureCached('ministack', {
    has: 'ministack',
    fetching: 'fetching its pinned wheels (20 MB, once)',
    without: 'not installed, so nothing is deployed in the tests',
  });
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureMinistack() ?? 'none'}\n`));
