import { open, stat } from 'node:fs/promises';
import { CliError } from './exits';
import type { Terminal } from './terminal';

/** What a file is to be. */
export interface TextKind {
  /** What stands after "expected", e.g. `a policy file`. */
  readonly what: string;
  /** Code of a file that can't be read, e.g. `policy-unreadable`. */
  readonly unreadable: string;
  /** Most bytes. */
  readonly most: number;
  /** Code of one with more. */
  readonly tooLarge: string;
}

/**
 * Reads a whole text; `-` is standard input. Never more than `most` bytes are held, also of a device or an endless pipe.
 * @throws CliError when it can't be read, is larger, or isn't UTF-8: a replaced byte would be a second reading of the same file.
 */
export async function readText(path: string, kind: TextKind, terminal: Terminal): Promise<string> {
  const shown = path === '-' ? 'standard input' : path;
  const bytes = path === '-' ? await terminal.input(kind.most) : await bytesOf(path, kind);
  if (bytes.length > kind.most)
    throw new CliError(`${shown}: expected at most ${kind.most} bytes, got more [${kind.tooLarge}]`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CliError(`${shown}: expected UTF-8 text, got other bytes [not-utf-8]`);
  }
}

async function bytesOf(path: string, { what, unreadable, most }: TextKind): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      return await collect(file.createReadStream({ autoClose: false }), most);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new CliError(
      `${path}: expected ${what}, got ${fileFault(error)}; give a path, or - for standard input [${unreadable}]`,
    );
  }
}

/** All of a stream, or its beginning: at least one byte more than `most` when there are more. */
export async function collect(stream: AsyncIterable<Uint8Array | string>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    size += bytes.length;
    if (size > most) break;
  }
  return Buffer.concat(chunks);
}

/** Whether a path is a directory; false for what isn't there. */
export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** What went wrong with a file, in words. */
export function fileFault(error: unknown): string {
  // By shape: errors of node's own may come from another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'an unknown fault';
  const words: Record<string, string> = {
    ENOENT: 'nothing there',
    EISDIR: 'a directory',
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'a file system that is read-only',
    ENOSPC: 'a full disk',
    ENOTDIR: 'a path through a file that is no directory',
  };
  return words[code] ?? code;
}
