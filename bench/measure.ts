import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Load, LoadResult } from './load';

/** One measured load with the CPU seconds that the proxy spent on it. */
export interface Measurement extends LoadResult {
  /** CPU seconds of the proxy and its children, user and system. */
  readonly cpuSeconds: number;
}

/** Clock ticks a second in `/proc/PID/stat`: 100 on every Linux that node runs on. */
const TICKS = 100;

/** Runs a load in a process of its own. `pid` is the proxy; undefined measures the client alone. */
export function measureLoad(load: Load, pid: number | undefined): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'load.ts'), [JSON.stringify(load)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    let before = 0;
    let result: Measurement | undefined;
    child.on('message', (message) => {
      if (message === 'started') before = cpuSeconds(pid);
      // load.ts sends 'started' and then one LoadResult.
      else result = { ...(message as LoadResult), cpuSeconds: cpuSeconds(pid) - before };
    });
    child.on('exit', (code) =>
      result ? resolve(result) : reject(new Error(`the client ended with ${code}: ${said}`)),
    );
  });
}

/** CPU seconds of a process and all its descendants so far. */
export function cpuSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0;
  return family(pid).reduce((sum, id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);
}

/** Resident memory of a process and all its descendants, in bytes. */
export function residentBytes(pid: number): number {
  return family(pid).reduce((sum, id) => {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
    return sum + Number(kib ?? 0) * 1024;
  }, 0);
}

function family(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // ended meanwhile
    }
  }
  const found = [pid];
  for (const parent of found) for (const [child, of] of parents) if (of === parent) found.push(child);
  return found;
}

/** The middle one, and the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? NaN;
  const half = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2,
    least: at(0),
    greatest: at(sorted.length - 1),
  };
}
