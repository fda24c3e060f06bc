import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CliError } from './exits';
import { fileFault } from './read-text';

/** Lists what was written, so that the next run knows which files are its own. */
const INVENTORY = 'anchorhold.json';

type Files = Readonly<Record<string, string>>;

/**
 * Writes a whole directory or nothing: into a temporary sibling, then renamed into place. An existing directory is
 * replaced only when all in it was written by an earlier run and not changed since.
 * @returns the relative paths written, sorted.
 * @throws CliError naming the first file that isn't ours, or why nothing can be written.
 */
export async function writeDirectory(directory: string, files: Files): Promise<readonly string[]> {
  const target = resolve(directory);
  const whole = { ...files, [INVENTORY]: inventory(files) };
  const exists = await refuseForeignFiles(directory, target);
  try {
    await writeBeside(target, whole, exists);
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error)) throw error; // by shape, as in fileFault
    throw new CliError(
      `--out: expected a directory that can be written, got ${directory}: ${fileFault(error)} [out-unwritable]`,
    );
  }
  return Object.keys(whole).sort();
}

async function writeBeside(target: string, whole: Files, exists: boolean): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const fresh = await mkdtemp(join(dirname(target), `.${basename(target)}.new-`));
  try {
    await Promise.all(Object.entries(whole).map(([path, text]) => writeInside(fresh, path, text)));
    await putInPlace(fresh, target, exists);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function putInPlace(fresh: string, target: string, exists: boolean): Promise<void> {
  if (!exists) return rename(fresh, target);
  const former = await mkdtemp(join(dirname(target), `.${basename(target)}.old-`));
  await rename(target, join(former, 'directory'));
  try {
    await rename(fresh, target);
  } catch (error) {
    await rename(join(former, 'directory'), target);
    throw error;
  } finally {
    await rm(former, { recursive: true, force: true });
  }
}

async function writeInside(root: string, path: string, text: string): Promise<void> {
  const absolute = resolve(root, path);
  if (relative(root, absolute).startsWith('..')) throw new Error(`a compiled file would leave its directory: ${path}`);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, text, { flag: 'wx' });
}

/** @returns whether the directory exists. */
async function refuseForeignFiles(shown: string, target: string): Promise<boolean> {
  const present = await filesBelow(shown, target);
  if (!present) return false;
  const ours = present.includes(INVENTORY) ? await readInventory(join(target, INVENTORY)) : new Map<string, string>();
  for (const path of present.filter((name) => name !== INVENTORY)) {
    const digest = sha256(await readFile(join(target, path)));
    if (ours.get(path) === digest) continue;
    const what = ours.has(path) ? 'was changed since it was compiled' : 'was not written by anchorhold';
    throw new CliError(
      `--out: expected a new directory or one that anchorhold wrote, got ${shown} with ${path}, which ${what}; ` +
        'move it away or name another directory [out-not-ours]',
    );
  }
  return true;
}

async function filesBelow(shown: string, target: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(target, join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CliError(`--out: expected a directory, got ${shown}, which can't be listed as one [out-not-a-directory]`);
  }
}

function inventory(files: Files): string {
  const digests = Object.keys(files)
    .sort()
    .map((path) => [path, sha256(files[path] ?? '')]);
  return `${JSON.stringify({ version: 1, files: Object.fromEntries(digests) }, null, 2)}\n`;
}

/** An inventory that can't be read owns nothing. */
async function readInventory(path: string): Promise<Map<string, string>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    const files = typeof parsed === 'object' && parsed && 'files' in parsed ? parsed.files : undefined;
    return new Map(Object.entries(files ?? {}).map(([name, digest]) => [name, String(digest)]));
  } catch {
    return new Map();
  }
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
