/** Compiles lib and bin into dist, and does nothing when dist is newer than every source. `--clean` starts from nothing. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asProgram, Refusal, root, say, show } from './say.mjs';

const SOURCES = ['lib', 'bin', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Throws `Refusal` when the sources don't compile. */
export function build() {
  if (!stale()) return;
  say('tsc -p tsconfig.build.json');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (show(process.execPath, [tsc, '-p', 'tsconfig.build.json']) !== 0) {
    throw new Refusal('build: expected lib and bin to compile, got the errors above');
  }
}

function stale() {
  const stamp = join(root, 'dist', '.tsbuildinfo');
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return SOURCES.some((source) => newest(join(root, source)) > built);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // a folder's own time changes when a file in it is removed
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

await asProgram(import.meta.url, (args) => {
  // what is published must hold nothing of a module that is gone
  if (args.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
  build();
});
