import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as https from 'node:https';
import { join } from 'node:path';
import { makeCertificate, PROXY_ADDRESS, raiseNetwork, startDns, UPSTREAM_ADDRESS } from '../test/equivalence/world';

/** The secret that every contender puts on a request. The upstream answers 401 without it: a contender that doesn't inject has no result. */
export const SECRET = 'bench-secret-0123456789';
/** Intercepted, credential injected, answer scrubbed. */
export const SCRUBBED = 'api.bench.example';
/** The same without scrubbing. */
export const BARE_ANSWER = 'unscrubbed.bench.example';
/** Forwarded unseen. */
export const OPAQUE = 'opaque.bench.example';
/** Keeps event streams open. */
export const EVENTS = 'events.bench.example';
export const HOSTS = [SCRUBBED, BARE_ANSWER, OPAQUE, EVENTS] as const;

const ANSWER_BYTES = 1024;

/** A namespace with a name server and an upstream for every host. */
export interface Place {
  readonly directory: string;
  readonly envoy: string;
  /** PEM of the upstreams' authority, a path. */
  readonly authority: string;
  readonly certificate: { readonly key: string; readonly cert: string };
  /** Starts a program whose output goes to a file; it ends with the place. */
  spawn(name: string, program: string, args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  close(): Promise<void>;
}

/** Must run in a network and mount namespace of its own. */
export async function openPlace(directory: string, envoy: string): Promise<Place> {
  raiseNetwork();
  const dns = await startDns();
  const { authority, ...certificate } = makeCertificate(directory, HOSTS);
  const hosts = join(directory, 'hosts');
  writeFileSync(hosts, HOSTS.map((host) => `${UPSTREAM_ADDRESS} ${host}\n`).join(''));
  // for contenders that can't be given a name server; the mount namespace is ours
  execFileSync('mount', ['--bind', hosts, '/etc/hosts']);
  const children: ChildProcess[] = [];
  const place: Place = {
    directory,
    envoy,
    authority,
    certificate,
    spawn(name, program, args, env = process.env) {
      const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (text: Buffer) => writeFileSync(join(directory, `${name}.err`), text, { flag: 'a' }));
      children.push(child);
      return child;
    },
    async close() {
      dns.close();
      upstream.closeAllConnections();
      upstream.close();
      await Promise.all(children.map(ended));
    },
  };
  const upstream = startUpstream(certificate);
  await new Promise<void>((resolve) => upstream.listen(443, UPSTREAM_ADDRESS, resolve));
  return place;
}

export const ENVOY_FLAGS = ['--disable-hot-restart', '--concurrency', '1', '-l', 'error'];
export { PROXY_ADDRESS, UPSTREAM_ADDRESS };

/** Text of what a program said, for an error. */
export function complaint(place: Place, name: string): string {
  try {
    return readFileSync(join(place.directory, `${name}.err`), 'utf8').slice(-2000);
  } catch {
    return 'nothing on standard error';
  }
}

/** The upstreams of every host: 1 kB for whoever has the secret, and event streams that stay open. */
function startUpstream(certificate: { readonly key: string; readonly cert: string }): https.Server {
  const answer = 'x'.repeat(ANSWER_BYTES);
  return https.createServer({ ...certificate, keepAliveTimeout: 600_000 }, (request, response) => {
    request.resume();
    request.once('end', () => {
      const { host } = request.headers;
      if (host !== OPAQUE && request.headers['x-api-key'] !== SECRET) return void response.writeHead(401).end();
      if (host !== EVENTS) return void response.writeHead(200, { 'content-length': ANSWER_BYTES }).end(answer);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: open\n\n');
    });
  });
}

/** Kills a process and waits for its end. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
