import type { ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askEnvoy, drain } from '../keeper';
import { Complaints } from './complaints';
import { childrenOf, settlesWithin, sleep, spawnArgv } from './children';
import { dropPrivileges, type Identity } from './identity';
import type { Namespaces } from './namespaces';
import { RunRefused } from './refusal';
import type { RunDirectory } from './run-directory';

/** What Envoy is started with. */
export interface EnvoyStart {
  /** The program, as it is inside. */
  readonly program: string;
  readonly identity: Identity;
  readonly namespaces: Namespaces;
  readonly directory: RunDirectory;
  /** @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told, in a sentence, when it falls. */
  readonly notice: (line: string) => void;
}

const RESTARTS = 5;
const DRAIN_SECONDS = 3;

/** Envoy in the window, started again when it falls. While it is down, nothing gets out: there is no other way. */
export class EnvoyProcess {
  /** Starts it and waits until it listens. */
  public static async start(start: EnvoyStart): Promise<EnvoyProcess> {
    const process = new EnvoyProcess(start);
    await process.waitUntilReady();
    return process;
  }

  private child: ChildProcess;
  private ended: Promise<void>;
  private restarts = 0;
  private closing = false;
  private complaints = new Complaints();
  /** Envoy's working directory, as seen from here. */
  private readonly inside: string;

  private constructor(private readonly start: EnvoyStart) {
    this.inside = start.namespaces.inside(start.directory.window);
    [this.child, this.ended] = this.spawn();
  }

  /** Envoy's own process id, as seen outside. */
  public get pid(): number | undefined {
    return this.child.pid === undefined ? undefined : childrenOf(this.child.pid)[0];
  }

  /** Waits for what the command left running, which its end cuts at once, writes the log out, and stops. */
  public async close(): Promise<void> {
    this.closing = true;
    await drain(this.inside, DRAIN_SECONDS);
    if (await settlesWithin(this.ended, 3000)) return;
    if (this.pid !== undefined) signal(this.pid, 'SIGKILL');
    await settlesWithin(this.ended, 1000);
  }

  private spawn(): [ChildProcess, Promise<void>] {
    const { start } = this;
    const log = openSync(start.directory.log, 'a');
    const child = spawnArgv(this.argv(), { stdio: ['ignore', log, 'pipe'], detached: true });
    closeSync(log);
    if (child.stderr) this.keepComplaints(child);
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    void ended.then(() => this.restart());
    return [child, ended];
  }

  private argv(): readonly string[] {
    const { directory, identity, namespaces, program, environment } = this.start;
    const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}`);
    return [
      ...namespaces.enterWindow(),
      ...['env', '-i', '-C', directory.window, 'PATH=/usr/bin:/bin', ...variables],
      ...dropPrivileges(identity, identity.window),
      // A core file would hold keys.
      ...['prlimit', '--core=0', '--', program, '--disable-hot-restart', '--config-path', 'envoy.json'],
      ...[
        '--concurrency',
        String(Math.min(2, availableParallelism())),
        '--log-level',
        'error',
        '--file-flush-interval-msec',
        '200',
      ],
    ];
  }

  /** Each Envoy's own: one that is started again may say why it falls. */
  private keepComplaints(child: ChildProcess): void {
    if (child.stderr === null) return;
    const complaints = new Complaints();
    this.complaints = complaints;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const kept = complaints.take(line);
      if (kept === undefined) return;
      appendFileSync(join(this.start.directory.kept, 'envoy-errors.log'), `${kept}\n`, { mode: 0o600 });
    });
  }

  private async restart(): Promise<void> {
    if (this.closing || !this.ready) return;
    if (this.restarts >= RESTARTS)
      return this.start.notice(`Envoy ended ${RESTARTS + 1} times and stays down: nothing gets out any more`);
    this.restarts++;
    this.start.notice(
      'Envoy ended: requests under way were cut and nothing gets out until it is back; starting it again',
    );
    await sleep(100 * this.restarts);
    if (this.closing) return;
    rmSync(join(this.inside, 'admin.sock'), { force: true });
    [this.child, this.ended] = this.spawn();
  }

  private ready = false;

  private async waitUntilReady(): Promise<void> {
    for (const until = Date.now() + 20_000; Date.now() < until && this.child.exitCode === null; await sleep(10)) {
      if ((await askEnvoy(this.inside, 'GET', '/ready'))?.status === 200) {
        this.ready = true;
        return;
      }
    }
    this.closing = true;
    this.child.kill('SIGKILL');
    throw new RunRefused(
      'envoy-failed',
      `Envoy isn't ready (${this.complaints.last(2).join(' / ').slice(0, 800) || 'no reason given'})`,
      'this is a fault of ours unless the bootstrap was edited: report it',
    );
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // already gone
  }
}
