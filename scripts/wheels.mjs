/** Python wheels, each pinned by digest in `scripts/NAME-requirements.txt`, put into a folder of this clone. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, say } from './say.mjs';

/** Puts the wheels of NAME into a folder. Python compiles what it imports: to compile all takes as long as the rest. */
export function putWheels(name, folder) {
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  const quick = ['--no-compile', '--root-user-action=ignore'];
  const from = ['-r', join(root, 'scripts', `${name}-requirements.txt`)];
  return ask('python3', ['-m', 'pip', 'install', ...only, ...quick, '--target', folder, ...from]);
}

/**
 * The folder `.cache/NAME`, filled first where `has`, a path in it, is missing: whole or not at all. Undefined, with the reason
 * on standard error, where that can't be done. `fill` puts things into a folder and answers as `ask` does.
 */
export function ensureCached(name, { has, fetching, without, fill = (folder) => putWheels(name, folder) }) {
  const cached = join(root, '.cache', name);
  if (existsSync(join(cached, has))) return cached;
  mkdirSync(join(root, '.cache'), { recursive: true });
  const fresh = mkdtempSync(`${cached}-`);
  say(`${name}: ${fetching}`);
  const { code, err } = fill(fresh);
  if (code === 0) {
    renameSync(fresh, cached);
    return cached;
  }
  rmSync(fresh, { recursive: true, force: true });
  say(`${name}: ${without}: ${err?.trim().split('\n').at(-1) || `exit ${code}`}`);
  return undefined;
}
