import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from './exits';

/**
 * Writes one file whole or not at all; one that is there is replaced.
 * @param option the option that named it, for the message.
 * @throws CliError when it can't be written.
 */
export function writeWhole(option: string, path: string, text: string): void {
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
