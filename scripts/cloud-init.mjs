/**
 * Unpacks Debian's cloud-init, the program that reads `user-data` on a machine, into `.cache/cloud-init/`, with the Python
 * wheels it wants beside the scanners', each pinned by digest. Nothing of it is installed. Development only: where it can't
 * be had its test skips, and says so.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, asProgram, root, say } from './say.mjs';
import { ensureScanners } from './scanners.mjs';

const CACHED = join(root, '.cache', 'cloud-init');
/** Where the package has its Python. */
const INSIDE = join('usr', 'lib', 'python3', 'dist-packages');

/** The folder of its Python, or undefined with the reason on standard error. */
export function ensureCloudInit() {
  if (existsSync(join(CACHED, INSIDE, 'cloudinit'))) return CACHED;
  const others = ensureScanners();
  mkdirSync(join(root, '.cache'), { recursive: true });
  const fresh = mkdtempSync(`${CACHED}-`);
  say('cloud-init: unpacking Debian’s package (0.6 MB, once)');
  const problem = others ? fetched(fresh, others) : 'the scanners’ wheels aren’t there';
  if (!problem) {
    renameSync(fresh, CACHED);
    return CACHED;
  }
  rmSync(fresh, { recursive: true, force: true });
  say(`cloud-init: not unpacked, so no test reads user-data with it: ${problem}`);
  return undefined;
}

/** Puts all into the folder and tries it; why that can't be done, if so. */
function fetched(folder, others) {
  const requirements = join(root, 'scripts', 'cloud-init-requirements.txt');
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  const wheels = join(folder, INSIDE);
  const steps = [
    // A machine that never ran `update` knows no package at all.
    () => (download(folder).code === 0 ? { code: 0 } : (ask('apt-get', ['update', '--quiet']), download(folder))),
    () =>
      ask('dpkg-deb', [
        '--extract',
        join(folder, readdirSync(folder).find((name) => name.endsWith('.deb')) ?? ''),
        folder,
      ]),
    () => ask('python3', ['-m', 'pip', 'install', ...only, '--target', wheels, '-r', requirements]),
    () =>
      ask('env', [
        `PYTHONPATH=${wheels}:${others}`,
        ...['python3', '-c', 'import cloudinit.config.schema, cloudinit.config.cc_write_files, jsonschema'],
      ]),
  ];
  for (const step of steps) {
    const { code, err } = step();
    if (code !== 0) return err?.trim().split('\n').at(-1) ?? 'no apt';
  }
  return undefined;
}

/** `apt-get download` writes into its working folder, and checks the archive's signature. */
function download(folder) {
  return ask('sh', ['-c', 'cd "$1" && apt-get download --quiet cloud-init', 'sh', folder]);
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureCloudInit() ?? 'none'}\n`));
