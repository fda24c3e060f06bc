/** The node packages of the lock: installed when one is missing or of another version, whatever the files' times say. */
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, root, say, show } from './say.mjs';

/** Installs them with `npm ci` unless all are there. Throws `Refusal` with what to do. */
export function installNodePackages(folder = root) {
  const missing = missingPackages(folder);
  if (missing.length === 0) return;
  const modules = join(folder, 'node_modules');
  // `npm ci` empties what a link leads to, which may be another clone's
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Refusal(
      `node_modules: expected ${missing[0]} and ${missing.length - 1} more in a folder of this clone's own, got a link to ${realpathSync(modules)}.\n  Mend: remove the link, then try again`,
    );
  }
  say(`npm ci (${missing.length} missing)`);
  if (show('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder }) !== 0) {
    throw new Refusal(
      'npm ci: expected the packages of package-lock.json, got the error above.\n  Mend: check the network and the npm registry, then try again',
    );
  }
}

/** Paths of the lock whose package isn't installed in that version; optional ones, which depend on the machine, aside. */
export function missingPackages(folder = root) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { optional, version }]) => path !== '' && !optional && versionAt(folder, path) !== version)
    .map(([path]) => path);
}

function versionAt(folder, path) {
  try {
    return JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}
