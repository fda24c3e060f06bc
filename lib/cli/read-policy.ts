import { readFile } from 'node:fs/promises';
import { checkPolicy, type Policy, type Problem } from '../policy';
import { CliError } from './exits';
import type { Terminal } from './terminal';

/** Past this a policy is refused anyway; a device or an endless pipe must not fill the memory. */
const MAX_BYTES = 4 * 1024 * 1024;

/** What a policy file turned out to be: `policy` is absent when there are problems. */
export interface ReadPolicy {
  readonly problems: readonly Problem[];
  readonly policy?: Policy;
}

/**
 * Reads and checks a policy; `-` is standard input.
 * @throws CliError when there is nothing to read.
 */
export async function readPolicy(path: string, terminal: Terminal): Promise<ReadPolicy> {
  return checkPolicy(path === '-' ? await terminal.input() : await readDocument(path));
}

async function readDocument(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) {
      throw new CliError(`${path}: expected a policy of at most 1 MiB, got ${bytes.length} bytes [document-too-large]`);
    }
    // Bytes that aren't UTF-8 are refused, not replaced: a replaced byte is a second reading of the same policy.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof TypeError) throw new CliError(`${path}: expected UTF-8 text, got other bytes [not-utf-8]`);
    throw new CliError(
      `${path}: expected a policy file, got ${fileFault(error)}; give a path, or - for standard input [policy-unreadable]`,
    );
  }
}

/** What went wrong with a file, in words. */
export function fileFault(error: unknown): string {
  // By shape: errors of node's own may come from another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'an unknown fault';
  const words: Record<string, string> = {
    ENOENT: 'nothing there',
    EISDIR: 'a directory',
    EACCES: 'no permission to read it',
    ENOTDIR: 'a path through a file that is no directory',
  };
  return words[code] ?? code;
}
