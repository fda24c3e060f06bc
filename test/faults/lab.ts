import { spawn, type ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { compile } from '../../lib/envoy';
import { startKeeper, type Keeper } from '../../lib/keeper';
import { definePolicy } from '../../lib/policy';
import { RawConnection, type RawAnswer } from '../equivalence/raw-client';
import { LAYOUT, raiseNetwork, UPSTREAM_ADDRESS } from '../equivalence/world';
import { LabAuthority, type ServerCertificate } from './certificates';
import { NameServer } from './name-server';
import { Upstream, type Arrival } from './upstream';
import { bytesOf, routeOf, type Ask, type Way } from './ways';

const DNS = { address: '127.0.0.1', port: 5353 };

/** Secrets by name, changed while the proxy runs; a missing one can't be read, an empty one is revoked. */
export type Secrets = Map<string, string>;

/** What a lab's proxy may differ in. */
export interface LabOptions {
  /** Environment of Envoy besides our own. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface LabProxy {
  readonly directory: string;
  readonly envoy: ChildProcess;
  readonly keeper: Keeper;
  /** Starts Envoy anew in the same run directory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What one request met: the agent's answer and what arrived upstream. */
export interface Seen {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly arrivals: readonly Arrival[];
}

/** A namespace with a name server, recording upstreams and any number of proxies, one after the other. */
export class Lab {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'anchorhold-faults-'));
  readonly authority = new LabAuthority(path.join(this.directory, 'lab'));
  readonly names = new NameServer(UPSTREAM_ADDRESS);
  private runs = 0;
  private probes = 0;

  /** Raises the namespace's addresses; `addresses` are further ones on its loopback device. */
  async raise(addresses: readonly string[] = []): Promise<void> {
    raiseNetwork();
    for (const address of addresses) {
      const length = address.includes(':') ? 128 : 32;
      execFileSync('ip', ['addr', 'add', `${address}/${length}`, 'dev', 'lo', ...(length === 128 ? ['nodad'] : [])]);
    }
    await this.names.listen(DNS.port, DNS.address);
  }

  async upstream(certificates: Readonly<Record<string, ServerCertificate>>): Promise<Upstream> {
    const upstream = new Upstream(certificates);
    await upstream.listen(UPSTREAM_ADDRESS);
    return upstream;
  }

  /** `edit` changes the compiled bootstrap before Envoy reads it: how a mutation takes a protection out. */
  async start(
    document: unknown,
    secrets: Secrets,
    edit: (bootstrap: unknown) => void = () => {},
    { environment = {} }: LabOptions = {},
  ): Promise<LabProxy> {
    const directory = path.join(this.directory, `run${this.runs++}`);
    const compiled = compile(definePolicy(document), LAYOUT);
    const bootstrap: unknown = JSON.parse(compiled.bootstrap);
    edit(bootstrap);
    const files = { ...compiled.files, 'envoy.json': JSON.stringify(bootstrap) };
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      fs.writeFileSync(path.join(directory, name), text);
    }
    const keeper = startKeeper({
      manifest: compiled.manifest,
      directory,
      sources: Object.fromEntries(
        secretNames(compiled.manifest.credentials).map((name) => [name, source(secrets, name)]),
      ),
      authorities: { lab: this.authority.file },
    });
    await until(() => !keeper.status().missing.some((missing) => !missing.startsWith('credential ')), 10_000);
    let envoy = await startEnvoy(directory, environment);
    return {
      directory,
      keeper,
      get envoy() {
        return envoy;
      },
      restart: async () => {
        envoy = await startEnvoy(directory, environment);
      },
      stop: async () => {
        await ended(envoy, 'SIGTERM');
        keeper.stop();
      },
    };
  }

  /** A name for one request that no other request has. */
  probe(): string {
    return `probe-${this.probes++}`;
  }

  /** One request on a connection of its own. */
  async ask(upstream: Upstream, way: Way, ask: Omit<Ask, 'probe'>): Promise<Seen> {
    const whole = { ...ask, probe: this.probe() };
    const connection = new RawConnection(routeOf(way, whole));
    const answer: RawAnswer = await connection.send(bytesOf(way, whole));
    connection.close();
    const arrivals = upstream.arrivals.get(whole.probe) ?? [];
    return {
      status: answer.status,
      head: answer.head,
      body: whole.target === undefined ? answer.body : dechunked(answer.body),
      arrivals,
    };
  }

  remove(): void {
    this.names.close();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ends a process and waits for its end. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** Waits until it holds; false when it never did. */
export async function until(holds: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  for (const start = Date.now(); Date.now() - start < limitMs; await pause(25)) if (await holds()) return true;
  return false;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function dechunked(body: string): string {
  return /^[0-9a-f]+\r\n/.test(body) ? body.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '') : body;
}

function secretNames(credentials: readonly { readonly credential: object }[]): string[] {
  return credentials.flatMap(({ credential }) => ('secret' in credential ? [String(credential.secret)] : []));
}

function source(secrets: Secrets, name: string): { read(): Promise<string> } {
  return {
    read: async () => {
      const value = secrets.get(name);
      if (value === undefined) throw new Error('no such secret yet');
      return value;
    },
  };
}

async function startEnvoy(directory: string, environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const open = (name: string) => fs.openSync(path.join(directory, name), 'a');
  const envoy = process.env['ANCHORHOLD_ENVOY'] ?? 'envoy';
  const flags = ['--disable-hot-restart', '--concurrency', '1', '-l', 'error', '--file-flush-interval-msec', '10'];
  fs.rmSync(path.join(directory, 'admin.sock'), { force: true });
  const stdio: ['ignore', number, number] = ['ignore', open('requests.jsonl'), open('envoy.err')];
  const child = spawn(envoy, ['-c', 'envoy.json', ...flags], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio,
  });
  const isReady = () => {
    if (child.exitCode !== null)
      throw new Error(`Envoy ended: ${fs.readFileSync(path.join(directory, 'envoy.err'), 'utf8').slice(0, 2000)}`);
    return adminReady(path.join(directory, 'admin.sock'));
  };
  if (!(await until(isReady, 15_000))) throw new Error('Envoy was not ready after 15 s');
  return child;
}

function adminReady(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ socketPath, path: '/ready' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}
