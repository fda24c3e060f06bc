import { collect, exitCodeOf, spawnArgv } from './children';
import type { RunOptions, RunResult } from './options';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How the command ended, and what it printed where that is captured. */
export type CommandResult = Pick<RunResult, 'exitCode' | 'stdout' | 'stderr'>;

/** Runs the words that start the confined command, and ends it when we are told to end. */
export async function runCommand(
  argv: readonly string[],
  { output, signal, stdio = 'inherit' }: Pick<RunOptions, 'output' | 'signal' | 'stdio'>,
): Promise<CommandResult> {
  const pipe = stdio === 'capture' ? 'pipe' : stdio;
  const child = spawnArgv(argv, {
    stdio: [stdio === 'inherit' ? 'inherit' : 'ignore', pipe, pipe],
    env: { PATH: process.env['PATH'] },
  });
  const decoder = new TextDecoder();
  child.stdout?.on('data', (chunk: Buffer) => output?.(decoder.decode(chunk, { stream: true })));
  let ended: NodeJS.Signals | undefined;
  // bubblewrap dies with its parent, and everything inside with it: nothing outlives the run.
  const end = (name: NodeJS.Signals): void => void ((ended = name), child.kill('SIGKILL'));
  const abort = (): void => end('SIGTERM');
  for (const name of SIGNALS) process.on(name, end);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    const finished = await collect(child);
    const exitCode = ended === undefined ? finished.code : exitCodeOf(null, ended);
    return stdio === 'capture' ? { exitCode, stdout: finished.stdout, stderr: finished.stderr } : { exitCode };
  } finally {
    for (const name of SIGNALS) process.removeListener(name, end);
    signal?.removeEventListener('abort', abort);
  }
}
