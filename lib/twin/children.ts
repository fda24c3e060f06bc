import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How a program ended, and what it said. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a program that can't be started counts as 127. */
export function runToEnd(argv: readonly string[], options: SpawnOptions & { input?: string } = {}): Promise<Finished> {
  const { input, ...spawnOptions } = options;
  const child = spawnArgv(argv, { ...spawnOptions, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input ?? '');
  return collect(child);
}

/** Waits for a child and gathers what it prints. */
export function collect(child: ChildProcess): Promise<Finished> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve) => {
    const finish = (code: number, extra = ''): void =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() + extra });
    child.once('error', (error) => finish(127, error.message));
    child.once('close', (code, signal) => finish(exitCodeOf(code, signal)));
  });
}

/**
 * Starts a program from one list. What must outlive a key of the terminal (Ctrl-C goes to the whole group) is `detached`:
 * the run then ends it, in order, with the log written out.
 */
export function spawnArgv(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...rest] = argv;
  return spawn(program, rest, { env: process.env, ...options });
}

/** The shell's convention: 128 + the signal's number. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  };
  return 128 + ((signal && numbers[signal]) ?? 0);
}

/** Direct children of a process, by the kernel's list. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Resolves true when the promise settles in time. */
export async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), milliseconds)));
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Pauses. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
