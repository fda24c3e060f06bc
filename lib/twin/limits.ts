import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './children';

const ROOT = '/sys/fs/cgroup';

/** What the kernel holds the command to. */
export interface LimitOptions {
  readonly memoryBytes: number;
  readonly pids: number;
}

/** The control groups of one run, version 1 or 2; what couldn't be had is named. */
export class Limits {
  /** Makes the groups where this user may; never fails: a limit that can't be had is reported, not silently absent. */
  public static create(options: LimitOptions): Limits {
    const name = `anchorhold-${process.pid}-${Date.now().toString(36)}`;
    const groups: string[] = [];
    const missing: string[] = [];
    const attempt = (what: string, make: () => string): void => {
      try {
        groups.push(make());
      } catch {
        missing.push(what);
      }
    };
    if (existsSync(join(ROOT, 'cgroup.controllers'))) {
      attempt('memory', () =>
        makeGroup(join(ROOT, name), { 'memory.max': options.memoryBytes, 'pids.max': options.pids }),
      );
    } else {
      attempt('memory', () => makeGroup(join(ROOT, 'memory', name), { 'memory.limit_in_bytes': options.memoryBytes }));
      attempt('pids', () => makeGroup(join(ROOT, 'pids', name), { 'pids.max': options.pids }));
    }
    return new Limits([...new Set(groups)], missing);
  }

  private constructor(
    private readonly groups: readonly string[],
    private readonly missing: readonly string[],
  ) {}

  /** Sentences for what isn't held. Processes are held by RLIMIT_NPROC where the group is missing. */
  public get notInForce(): readonly string[] {
    return this.missing.includes('memory')
      ? ['memory: this user may not make a memory control group, so the command can use all of the machine']
      : [];
  }

  /** Words that start a program inside the groups. */
  public enter(): readonly string[] {
    if (this.groups.length === 0) return [];
    const script =
      'for group in "$0" "$1"; do [ -z "$group" ] || echo $$ >"$group/cgroup.procs"; done; shift; exec "$@"';
    return ['/bin/sh', '-ec', script, this.groups[0] ?? '', this.groups[1] ?? ''];
  }

  /** True when the kernel ended something inside for using too much memory. */
  public get outOfMemory(): boolean {
    return this.groups.some((group) =>
      /oom_kill [1-9]/.test(read(join(group, 'memory.oom_control')) + read(join(group, 'memory.events'))),
    );
  }

  /** Removes the groups once everything inside is gone. */
  public async close(): Promise<void> {
    for (const group of this.groups) {
      for (let tries = 0; tries < 50 && existsSync(group); tries++) {
        try {
          rmdirSync(group);
        } catch {
          await sleep(20);
        }
      }
    }
  }
}

function makeGroup(path: string, files: Readonly<Record<string, number>>): string {
  mkdirSync(path);
  try {
    for (const [file, value] of Object.entries(files)) writeFileSync(join(path, file), String(value));
    // Swap would make the memory limit a suggestion; not every kernel counts it.
    for (const [file, value] of [
      ['memory.swap.max', 0] as const,
      ['memory.memsw.limit_in_bytes', files['memory.limit_in_bytes'] ?? 0] as const,
    ]) {
      if (existsSync(join(path, file))) tryWrite(join(path, file), String(value));
    }
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return path;
}

function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    // no swap accounting: the limit still holds for memory itself
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
