import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KeeperError } from './keeper-error';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;

/** Who may read beside the keeper's own user. */
export interface Owner {
  /** Group of the user Envoy runs as; directories become 0750 and files 0640. */
  readonly gid: number;
}

/** True of a plain relative path that stays inside. `*` stands in the directory of a wildcard's leaf. */
export function isInside(file: string): boolean {
  return /^[\w*.~-]+(\/[\w*.~-]+)*$/.test(file) && !file.split('/').some((part) => part === '.' || part === '..');
}

/** Makes the directory and those above it up to `root`, each 0700 (0750 with an owner). Refuses a symbolic link in its place. */
export function makeDirectory(root: string, path: string, owner?: Owner): void {
  if (path !== root && dirname(path) !== path) makeDirectory(root, dirname(path), owner);
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  if (path !== root && !fs.lstatSync(path).isDirectory())
    throw new KeeperError(
      `${basename(path)}: expected a directory of the keeper, got a link or a file`,
      'not-a-directory',
    );
  if (owner) fs.chownSync(path, -1, owner.gid);
  fs.chmodSync(path, owner ? 0o750 : 0o700);
}

/**
 * Replaces `path` in one step: a reader sees the old content or the new, never a part. The temporary file has a fixed
 * name, so one left by a crash is overwritten by the next write instead of staying with a secret in it.
 */
export function writeAtomically(path: string, content: string, owner?: Owner): void {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  fs.rmSync(temporary, { force: true });
  const file = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    if (owner) fs.fchownSync(file, -1, owner.gid);
    fs.fchmodSync(file, owner ? 0o640 : 0o600);
    fs.writeFileSync(file, content);
    fs.fsyncSync(file);
  } catch (failure) {
    fs.rmSync(temporary, { force: true });
    throw failure;
  } finally {
    fs.closeSync(file);
  }
  fs.renameSync(temporary, path);
}
