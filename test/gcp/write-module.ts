import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Runs the program that writes a plain module; gives what it printed. Throws with its exit code and words. */
export function writeModule(...words: readonly string[]): string {
  return execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'bin/gcp-module.ts'), ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}
