/**
 * Unpacks Debian's cloud-init, the program that reads `user-data` on a machine, into `.cache/cloud-init/`, with the Python
 * wheels it wants beside the scanners', each pinned by digest. Nothing of it is installed. Development only: where it can't
 * be had its test skips, and says so.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, asProgram } from './say.mjs';
import { ensureScanners } from './scanners.mjs';
import { ensureCached, putWheels } from './wheels.mjs';

/** Where the package has its Python. */
const INSIDE = join('usr', 'lib', 'python3', 'dist-packages');

/** The folder of its Python, or undefined with the reason on standard error. */
export function ensureCloudInit() {
  return ensureCached('cloud-init', {
    has: join(INSIDE, 'cloudinit'),
    fetching: 'unpacking Debian’s package (0.6 MB, once)',
    without: 'not unpacked, so no test reads user-data with it',
    fill,
  });
}

/** Puts all into the folder and tries it: the answer of the step that failed, or of the last. */
function fill(folder) {
  const others = ensureScanners();
  if (!others) return { code: 1, err: 'the scanners’ wheels aren’t there' };
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
    () => putWheels('cloud-init', wheels),
    () =>
      ask('env', [
        `PYTHONPATH=${wheels}:${others}`,
        ...['python3', '-c', 'import cloudinit.config.schema, cloudinit.config.cc_write_files, jsonschema'],
      ]),
  ];
  for (const step of steps) {
    const answer = step();
    if (answer.code !== 0) return answer;
  }
  return { code: 0 };
}

/** `apt-get download` writes into its working folder, and checks the archive's signature. */
function download(folder) {
  return ask('sh', ['-c', 'cd "$1" && apt-get download --quiet cloud-init', 'sh', folder]);
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureCloudInit() ?? 'none'}\n`));
