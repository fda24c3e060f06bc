/** Starts a stand-in internet in a namespace of its own, and reads its record. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import type * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchHead } from './git-host';
import { ADDRESSES, type Change, type FromInternet, type InternetOptions } from './internet-options';
import { createNamespace, type Namespace } from './namespace';
import { Recorder, type Arrival } from './record';
import { dialThrough } from './relay';

export interface Internet {
  readonly namespace: Namespace;
  /** PEM of the authority that signs the sites' certificates. */
  readonly authority: string;
  /** Address of its DNS server. */
  readonly resolver: string;
  /** Everything that arrived since the start, or since `clear`. */
  record(): Arrival[];
  clear(): void;
  /** A stream to an address as seen from inside its namespace. */
  dial(address: string, port: number): Promise<net.Socket>;
  /** Changes names (`{'rebind.example': ['127.0.0.1']}`); resolves when the server knows. */
  setZone(zone: Readonly<Record<string, readonly string[]>>): Promise<void>;
  /** Changes the secrets that the sites accept. */
  setSecrets(secrets: { readonly model?: string; readonly git?: string }): Promise<void>;
  /** The commit a branch of a repository points at. */
  branch(repository: string, branch: string): string | undefined;
  /** Ends it and removes everything it made. */
  stop(): void;
}

/** @throws Error with the process's own words when it doesn't come up. */
export async function startInternet(secrets: {
  readonly modelKey: string;
  readonly gitPassword: string;
}): Promise<Internet> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-internet-'));
  const namespace = createNamespace('net');
  const options: InternetOptions = {
    ...secrets,
    repositories: join(folder, 'repositories'),
    recordFile: join(folder, 'record.jsonl'),
    relaySocket: join(folder, 'relay.sock'),
    zone: {},
  };
  mkdirSync(options.repositories);
  namespace.addAddresses(Object.values(ADDRESSES));
  const log = join(folder, 'internet.log');
  const output = openSync(log, 'a');
  const main = join(__dirname, 'main.ts');
  const child = namespace.spawn(process.execPath, ['--import', 'tsx', main], {
    cwd: join(__dirname, '..', '..', '..'),
    // a background process that inherits the terminal's pipe outlives the run and holds it
    stdio: ['ignore', output, output, 'ipc'],
  });
  const remove = () => {
    if (child.connected) child.disconnect();
    namespace.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  const ready = await tell(child, options, log).catch((error: unknown) => {
    remove();
    throw error;
  });
  const recorder = new Recorder(options.recordFile);
  const change = async (what: Change) => void (await tell(child, what, log));
  return {
    namespace,
    authority: ready.kind === 'ready' ? ready.authority : '',
    resolver: ADDRESSES.dns,
    record: () => recorder.all(),
    clear: () => recorder.clear(),
    dial: (address, port) => dialThrough(options.relaySocket, address, port),
    setZone: (zone) => change({ kind: 'zone', zone }),
    setSecrets: (changed) => change({ kind: 'secrets', secrets: changed }),
    branch: (repository, branch) => branchHead(options.repositories, repository, branch),
    stop: remove,
  };
}

function tell(child: ChildProcess, message: InternetOptions | Change, log: string): Promise<FromInternet> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new Error(`stand-in internet: ${why}\n${readFileSync(log, 'utf8')}`));
    const ended = (code: number | null) => failed(`ended with ${String(code)}`);
    child.once('exit', ended);
    child.once('message', (answer: FromInternet) => {
      child.off('exit', ended);
      if (answer.kind === 'failed') failed(answer.message);
      else resolve(answer);
    });
    child.send(message);
  });
}
