import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KeeperError } from './keeper-error';

/** Who may read beside the keeper's own user. */
export interface Owner {
  /** Group of the user Envoy runs as; directories become 0750 and files 0640. */
  readonly gid: number;
}

/** Makes the directory and those above it up to `root`, each 0700 (0750 with an owner). Refuses a symbolic link in its place. */
export function makeDirectory(root: string, path: string, owner?: Owner): void {
  if (path !== root && dirname(path) !== path) makeDirectory(root, dirname(path), owner);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (path !== root && !lstatSync(path).isDirectory())
    throw new KeeperError(
      `${basename(path)}: expected a directory of the keeper, got a link or a file`,
      'not-a-directory',
    );
  if (owner) chownSync(path, -1, owner.gid);
  chmodSync(path, owner ? 0o750 : 0o700);
}

/**
 * Replaces `path` in one step: a reader sees the old content or the new, never a part. The temporary file has a fixed
 * name, so one left by a crash is overwritten by the next write instead of staying with a secret in it.
 */
export function writeAtomically(path: string, content: string, owner?: Owner): void {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  rmSync(temporary, { force: true });
  const file = openSync(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    if (owner) fchownSync(file, -1, owner.gid);
    fchmodSync(file, owner ? 0o640 : 0o600);
    const bytes = Buffer.from(content, 'utf8');
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } catch (failure) {
    rmSync(temporary, { force: true });
    throw failure;
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
