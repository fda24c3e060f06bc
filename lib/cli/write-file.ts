import { closeSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from './exits';

/** As many characters tell a page from SARIF and both from a template. */
const BEGINNING = 15;

/**
 * Writes one file whole or not at all. One that is there is replaced when it begins as this one does; else it is a template or
 * a policy that a slip of the command line named.
 * @param option the option that named it, for the message.
 * @throws CliError when it can't be written.
 */
export function writeWhole(option: string, path: string, text: string): void {
  const there = beginning(path);
  if (there !== undefined && there !== '' && there !== text.slice(0, BEGINNING))
    throw new CliError(
      `${option}: expected a new file or one that an earlier run wrote, got ${path}, which holds something else [file-not-ours]`,
    );
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text, { flag: 'wx' });
    renameSync(fresh, path);
  } catch {
    rmSync(fresh, { force: true });
    throw new CliError(`${option}: expected a file that can be written, got ${path}, which can’t be [file-unwritable]`);
  }
}

/** As `writeWhole`, but a file that is there stays and is a mistake: someone may have written into it by hand. */
export function writeNew(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const there = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
    throw new CliError(
      there
        ? `${option}: expected a name that is free, got ${path}, which is there; move it away or name another [file-exists]`
        : `${option}: expected a file that can be written, got ${path}, which can’t be [file-unwritable]`,
    );
  }
}

function beginning(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(BEGINNING);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, BEGINNING, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
