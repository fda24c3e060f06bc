/**
 * Finds the emulator of AWS that the deploy suite runs against, or installs it into `.cache/ministack/`: Python wheels, each
 * pinned by digest. Development only. Where it can't be had the suite skips, and says so.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, asProgram, root, say } from './say.mjs';

const CACHED = join(root, '.cache', 'ministack');

/** The folder to put on Python's path, or undefined with the reason on standard error. */
export function ensureMinistack() {
  if (existsSync(join(CACHED, 'ministack'))) return CACHED;
  mkdirSync(join(root, '.cache'), { recursive: true });
  const fresh = mkdtempSync(`${CACHED}-`);
  say('ministack: fetching its pinned wheels (20 MB, once)');
  const requirements = join(root, 'scripts', 'ministack-requirements.txt');
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  const { code, err } = ask('python3', ['-m', 'pip', 'install', ...only, '--target', fresh, '-r', requirements]);
  if (code === 0) {
    renameSync(fresh, CACHED);
    return CACHED;
  }
  rmSync(fresh, { recursive: true, force: true });
  say(`ministack: not installed, so nothing is deployed in the tests: ${err.trim().split('\n').at(-1)}`);
  return undefined;
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureMinistack() ?? 'none'}\n`));
