import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import * as dgram from 'node:dgram';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { compile, type Layout } from '../../lib/envoy';
import { startKeeper } from '../../lib/keeper';
import type { Policy } from '../../lib/policy';

/** Where the upstreams listen (TEST-NET-3, on the namespace's own loopback device). */
export const UPSTREAM_ADDRESS = '203.0.113.10';
/** Where Envoy's listeners are bound. */
export const PROXY_ADDRESS = '10.77.0.1';
const DNS_PORT = 5353;

/** What an upstream recorded of one request. */
export interface Arrival {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers: NodeJS.Dict<string[]>;
}

/** Gives this process's own, empty network namespace its addresses. */
export function raiseNetwork(): void {
  const addresses = [`${UPSTREAM_ADDRESS}/32`, `${PROXY_ADDRESS}/32`];
  const batch = ['link set lo up', ...addresses.map((address) => `addr add ${address} dev lo`)].join('\n');
  execFileSync('ip', ['-batch', '-'], { input: batch });
}

/** Answers every A query with the upstreams' address and everything else with nothing. */
export function startDns(): Promise<dgram.Socket> {
  const server = dgram.createSocket('udp4');
  server.on('message', (query, peer) => {
    const end = query.indexOf(0, 12) + 5;
    const question = query.subarray(12, end);
    const isA = question.readUInt16BE(question.length - 4) === 1;
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...UPSTREAM_ADDRESS.split('.').map(Number)]);
    server.send(Buffer.concat(isA ? [head, question, answer] : [head, question]), peer.port, peer.address);
  });
  return new Promise((resolve) => server.bind(DNS_PORT, '127.0.0.1', () => resolve(server)));
}

/** One TLS server for every upstream; records a request under its `x-probe` header and answers 200. */
export function startUpstream(certificate: {
  readonly key: string;
  readonly cert: string;
}): Promise<{ readonly arrivals: Map<string, Arrival[]>; close(): void }> {
  const arrivals = new Map<string, Arrival[]>();
  const app = http.createServer((request, response) => {
    const probe = String(request.headers['x-probe']);
    const list = arrivals.get(probe) ?? [];
    list.push({
      method: request.method ?? '',
      target: request.url ?? '',
      host: request.headers.host ?? '',
      headers: request.headersDistinct,
    });
    arrivals.set(probe, list);
    request.resume();
    response.writeHead(200, { 'content-length': '2', 'x-upstream': 'yes' });
    response.end('ok');
  });
  const server = tls.createServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, (socket) =>
    app.emit('connection', socket),
  );
  return new Promise((resolve) =>
    server.listen(443, UPSTREAM_ADDRESS, () => resolve({ arrivals, close: () => server.close() })),
  );
}

/** A self-made authority and one certificate for all the names, by openssl. */
export function makeCertificate(
  directory: string,
  names: readonly string[],
): { readonly key: string; readonly cert: string; readonly authority: string } {
  const file = (name: string) => path.join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=lab',
  );
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'up.key',
    '-out',
    'up.csr',
    '-subj',
    '/CN=up',
  );
  fs.writeFileSync(file('ext'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  openssl(
    'x509',
    '-req',
    '-in',
    'up.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'up.crt',
    '-days',
    '2',
    '-extfile',
    'ext',
  );
  return {
    key: fs.readFileSync(file('up.key'), 'utf8'),
    cert: fs.readFileSync(file('up.crt'), 'utf8'),
    authority: file('ca.crt'),
  };
}

export interface RunningProxy {
  readonly directory: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export const LAYOUT: Layout = {
  gateway: { address: PROXY_ADDRESS, port: 8080 },
  forwardProxy: { address: PROXY_ADDRESS, port: 3128 },
  transparent: { address: PROXY_ADDRESS },
  resolvers: [`127.0.0.1:${DNS_PORT}`],
};

/** The compiled policy in a run directory, with the keeper and a real Envoy; resolves when both are ready. */
export async function startProxy(
  policy: Policy,
  directory: string,
  secrets: Readonly<Record<string, string>>,
  authority: string,
): Promise<RunningProxy> {
  const compiled = compile(policy, LAYOUT);
  for (const [name, text] of Object.entries(compiled.files)) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    fs.writeFileSync(path.join(directory, name), text);
  }
  const sources = Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, { read: () => Promise.resolve(value) }]),
  );
  const keeper = startKeeper({ manifest: compiled.manifest, directory, sources, authorities: { lab: authority } });
  await keeper.ready;
  const log = fs.openSync(path.join(directory, 'requests.jsonl'), 'w');
  const errors = fs.openSync(path.join(directory, 'envoy.err'), 'w');
  const envoy = process.env['ANCHORHOLD_ENVOY'] ?? 'envoy';
  const child = spawn(
    envoy,
    [
      '-c',
      'envoy.json',
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '-l',
      'error',
      '--file-flush-interval-msec',
      '200',
    ],
    {
      cwd: directory,
      stdio: ['ignore', log, errors],
    },
  );
  await ready(path.join(directory, 'admin.sock'), child, path.join(directory, 'envoy.err'));
  return {
    directory,
    process: child,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await keeper.stop();
    },
  };
}

async function ready(socketPath: string, child: ChildProcess, errors: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null)
      throw new Error(`Envoy ended with ${child.exitCode}: ${fs.readFileSync(errors, 'utf8').slice(0, 2000)}`);
    const status = await new Promise<number>((resolve) => {
      const request = http.get({ socketPath, path: '/ready' }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', () => resolve(0));
    });
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Envoy was not ready after 10 s');
}
