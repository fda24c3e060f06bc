import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  type Stats,
} from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { whyHidden } from '../credential-files';

/** One difference between the command's copy and the workspace. */
export interface OverlayChange {
  /** Relative to the workspace. */
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted';
  /** Why `apply` won't take it over. @default - it will */
  readonly refused?: string;
}

type Entry = { readonly kind: 'file' | 'folder' | 'link' | 'other'; readonly stats: Stats };

/** Compares two trees without following a single link: a link out of the copy would show (or overwrite) others' files. */
export function compareTrees(original: string, copy: string, hidden: ReadonlySet<string>): readonly OverlayChange[] {
  const changes: OverlayChange[] = [];
  compareFolder(original, copy, '', hidden, changes);
  return changes;
}

/**
 * Takes the changes over into the workspace. Refused: links that lead out of it, special files, hidden credential files,
 * hooks that git would run outside, and anything whose folder in the workspace is reached through a link (CVE-2026-39861 class).
 */
export function applyChanges(
  original: string,
  copy: string,
  changes: readonly OverlayChange[],
): readonly OverlayChange[] {
  const refused: OverlayChange[] = [];
  for (const change of changes) {
    const why = change.refused ?? whyUnsafeTarget(original, change.path);
    if (why !== undefined) refused.push({ ...change, refused: why });
    else applyChange(original, copy, change);
  }
  return refused;
}

function compareFolder(
  original: string,
  copy: string,
  folder: string,
  hidden: ReadonlySet<string>,
  changes: OverlayChange[],
): void {
  const names = new Set([...list(join(original, folder)), ...list(join(copy, folder))]);
  for (const name of [...names].sort()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const before = look(join(original, path));
    const after = look(join(copy, path));
    if (hidden.has(path) && after === undefined) continue;
    if (before?.kind === 'folder' && after?.kind === 'folder') compareFolder(original, copy, path, hidden, changes);
    else if (before !== undefined && after === undefined) changes.push({ path, change: 'deleted' });
    else if (after !== undefined && !same(join(original, path), before, join(copy, path), after))
      addChange(original, copy, path, before, after, hidden, changes);
  }
}

function addChange(
  original: string,
  copy: string,
  path: string,
  before: Entry | undefined,
  after: Entry,
  hidden: ReadonlySet<string>,
  changes: OverlayChange[],
): void {
  const change = before === undefined || hidden.has(path) ? 'added' : 'modified';
  const refused = whyRefused(join(copy, path), path, after);
  changes.push({ path, change, ...(refused === undefined ? {} : { refused }) });
  if (after.kind === 'folder' && refused === undefined) compareFolder(original, copy, path, hidden, changes);
}

function whyRefused(file: string, path: string, entry: Entry): string | undefined {
  if (!isInside(path)) return 'leads out of the workspace';
  if (/(^|\/)\.git\/(hooks\/|config$|info\/attributes$|modules\/.*\/(hooks\/|config$))/i.test(path))
    return 'git would run it outside the cell';
  if (whyHidden(path) !== undefined) return `has the name of a credential file (${whyHidden(path) ?? ''})`;
  if (entry.kind === 'other') return 'is neither a file, a folder nor a link';
  if (entry.kind === 'link') {
    const target = readlinkSync(file);
    if (isAbsolute(target) || !isInside(join(dirname(path), target)))
      return `is a link out of the workspace (${JSON.stringify(target)})`;
  }
  if (entry.kind === 'file' && entry.stats.nlink > 1) return 'is a hard link';
  return undefined;
}

/** Every folder on the way to the target must be a real folder of the workspace. */
function whyUnsafeTarget(original: string, path: string): string | undefined {
  if (!isInside(path)) return 'leads out of the workspace';
  const parts = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const entry = look(join(original, ...parts.slice(0, depth)));
    if (entry?.kind === 'link') return `its folder ${parts.slice(0, depth).join('/')} is a link in the workspace`;
  }
  return undefined;
}

function applyChange(original: string, copy: string, change: OverlayChange): void {
  const [from, to] = [join(copy, change.path), join(original, change.path)];
  const entry = change.change === 'deleted' ? undefined : look(from);
  const existing = look(to);
  if (existing !== undefined && !(existing.kind === 'folder' && entry?.kind === 'folder'))
    rmSync(to, { recursive: true, force: true });
  if (entry === undefined) return;
  mkdirSync(dirname(to), { recursive: true });
  if (entry.kind === 'folder') mkdirSync(to, { recursive: true });
  else if (entry.kind === 'link') symlinkSync(readlinkSync(from), to);
  else copyFile(from, to, entry.stats.mode);
}

/** Written beside and renamed in: a link that appears at the target meanwhile is replaced, not followed. Set-id bits are left out. */
function copyFile(from: string, to: string, mode: number): void {
  const beside = `${to}.anchorhold-${process.pid}`;
  copyFileSync(from, beside);
  chmodSync(beside, mode & 0o777);
  renameSync(beside, to);
}

function same(originalPath: string, before: Entry | undefined, copyPath: string, after: Entry): boolean {
  if (before === undefined || before.kind !== after.kind) return false;
  if (after.kind === 'link') return readlinkSync(originalPath) === readlinkSync(copyPath);
  if (after.kind !== 'file') return after.kind === 'folder';
  if (before.stats.size !== after.stats.size || (before.stats.mode & 0o111) !== (after.stats.mode & 0o111))
    return false;
  return readFileSync(originalPath).equals(readFileSync(copyPath));
}

function isInside(path: string): boolean {
  const clean = normalize(path);
  return !isAbsolute(clean) && clean !== '..' && !clean.startsWith('../');
}

function list(folder: string): readonly string[] {
  return look(folder)?.kind === 'folder' ? readdirSync(folder) : [];
}

function look(path: string): Entry | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other';
  return { kind, stats };
}
