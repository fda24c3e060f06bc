/** What every script needs to talk and to fail: only node's own modules, since nothing is installed yet. */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `nft` and `ip` live in sbin, which a plain user's PATH lacks on Debian. */
process.env.PATH = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(':');

/** A failure whose message is all that a person needs; anything else is a fault of ours and keeps its stack. */
export class Refusal extends Error {}

/** Progress goes to standard error: standard output holds only results. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a command in the project's folder with its output shown on standard error. Returns its exit code; 127 when it isn't there. */
export function show(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  return error ? 127 : (status ?? 1);
}

/** Runs a command quietly. */
export function ask(command, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  return { code: error ? 127 : (status ?? 1), out: stdout ?? '', err: stderr ?? '' };
}

/** Runs `main` when the file is the program, and turns a refusal into a sentence and exit 1. */
export async function asProgram(url, main) {
  if (process.argv[1] !== fileURLToPath(url)) return;
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Refusal ? error.message : error.stack);
    process.exitCode = 1;
  }
}
