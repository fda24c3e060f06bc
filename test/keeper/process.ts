import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endings } from './setting';

/** The keeper as one bundled file, run as its own process. */
export class KeeperProcess {
  out = '';
  err = '';
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => (this.out += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (this.err += part.toString()));
    this.ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 'unknown');
    endings.push(() => void child.kill('SIGKILL'));
  }

  /** Starts it with this environment and no other variable. */
  static start(bundle: string, words: readonly string[], env: Record<string, string> = {}): KeeperProcess {
    return new KeeperProcess(spawn(process.execPath, [bundle, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Waits for the line that says it is ready. */
  async ready(): Promise<void> {
    for (const end = Date.now() + 15_000; !this.out.includes('\n'); await pause(10)) {
      if (this.child.exitCode !== null || Date.now() > end) throw new Error(`the keeper isn't ready: ${this.err}`);
    }
  }
}

/** What `--check` says: its exit code and its one line. */
export function check(bundle: string, directory: string): { readonly code: number | null; readonly text: string } {
  const { status, stdout } = spawnSync(process.execPath, [bundle, '--check', directory], { encoding: 'utf8', env: {} });
  return { code: status, text: stdout };
}

/** Bundles it as `npm run build:keeper` does. */
export function bundle(directory: string): string {
  const out = join(directory, 'keeper.js');
  const script = join(__dirname, '../../scripts/bundle-keeper.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, out], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bundle was not made: ${stderr}`);
  return out;
}
