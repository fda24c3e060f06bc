/**
 * Installs the scanners of cloud templates that the tests run, cfn-lint and checkov, into `.cache/scanners/`: Python wheels,
 * each pinned by digest. Development only. Where they can't be had their tests skip, and say so.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, asProgram, root, say } from './say.mjs';

const CACHED = join(root, '.cache', 'scanners');

/** The folder to put on Python's path, whose `bin` has the programs; or undefined with the reason on standard error. */
export function ensureScanners() {
  if (existsSync(join(CACHED, 'checkov'))) return CACHED;
  mkdirSync(join(root, '.cache'), { recursive: true });
  const fresh = mkdtempSync(`${CACHED}-`);
  say('scanners: fetching the pinned wheels of cfn-lint and checkov (66 MB, once)');
  const requirements = join(root, 'scripts', 'scanners-requirements.txt');
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  // Python compiles what it imports: all of it would take as long as the installation.
  const quick = ['--no-compile', '--root-user-action=ignore'];
  const { code, err } = ask('python3', [
    '-m',
    'pip',
    'install',
    ...only,
    ...quick,
    '--target',
    fresh,
    '-r',
    requirements,
  ]);
  if (code === 0) {
    renameSync(fresh, CACHED);
    return CACHED;
  }
  rmSync(fresh, { recursive: true, force: true });
  say(`scanners: not installed, so no test runs cfn-lint or checkov: ${err.trim().split('\n').at(-1)}`);
  return undefined;
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureScanners() ?? 'none'}\n`));
