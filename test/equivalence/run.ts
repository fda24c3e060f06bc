/**
 * The equivalence run: generated policies × generated requests, over each way in, through a real Envoy; its verdict,
 * told by what the upstream recorded, must be `decide()`'s. Runs inside its own network namespace and prints one JSON document.
 * Arguments: SEED POLICIES REQUESTS_PER_POLICY.
 */
import * as fc from 'fast-check';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { credentialId, decide, definePolicy, type Policy } from '../../lib/policy';
import { aimedAt, documentArbitrary, HOSTS, NASTY_TARGETS, prefixOf, type ScenarioRequest } from './generate';
import { Http2Connection, type Field } from './http2-client';
import { RawConnection, type RawAnswer, type Route } from './raw-client';
import {
  makeCertificate,
  PROXY_ADDRESS,
  raiseNetwork,
  startDns,
  startProxy,
  startUpstream,
  type Arrival,
} from './world';

const SECRETS = {
  'key-one': 'canary-one-0123456789',
  'key-two': 'canary-two-0123456789',
  'key-three': 'canary-three-0123456789',
};
const RENDERED: Readonly<Record<string, string>> = {
  'key-one': SECRETS['key-one'],
  'key-two': `Bearer ${SECRETS['key-two']}`,
  'key-three': `Basic ${Buffer.from(`x-access-token:${SECRETS['key-three']}`).toString('base64')}`,
};
const CONNECTIONS = 16;

export interface Mismatch {
  readonly way: string;
  readonly request: ScenarioRequest;
  readonly problem: string;
  readonly policy: unknown;
}

type Way = 'transparent' | 'connect' | 'gateway';
/** Way in and protocol; HTTP/2 frames are written by hand, so that a request goes out as odd as it was generated. */
const TURNS: readonly (readonly [Way, 1 | 2])[] = [
  ['transparent', 1],
  ['connect', 1],
  ['gateway', 1],
  ['transparent', 2],
  ['connect', 2],
  ['gateway', 2],
];

function route(way: Way, host: string): Route {
  switch (way) {
    case 'transparent':
      return { address: PROXY_ADDRESS, port: 443, serverName: host };
    case 'connect':
      return { address: PROXY_ADDRESS, port: 3128, connect: `${host}:443`, serverName: host };
    case 'gateway':
      return { address: PROXY_ADDRESS, port: 8080 };
  }
}

/** As the way's client writes it: on the gateway the host is a prefix of the path. */
function addressed(way: Way, request: ScenarioRequest): ScenarioRequest {
  if (way !== 'gateway') return request;
  return { ...request, host: 'proxy.example', target: `${prefixOf(request.host)}${request.target}` };
}

/** `Connection` is no header of HTTP/2: with it, a request is malformed. */
function isSendable(request: ScenarioRequest, protocol: 1 | 2): boolean {
  return protocol === 1 || request.headers.every(([name]) => name.toLowerCase() !== 'connection');
}

function fields(way: Way, request: ScenarioRequest, probe: string): readonly Field[] {
  const { host, method, target, headers } = addressed(way, request);
  return [
    [':method', method],
    [':scheme', way === 'gateway' ? 'http' : 'https'],
    [':authority', host],
    [':path', Buffer.from(target, 'utf8').toString('latin1')],
    ['x-probe', probe],
    ...headers.map(([name, value]) => [name.toLowerCase(), value] as const),
  ];
}

function bytes(request: ScenarioRequest, probe: string): Buffer {
  const body = bodyOf(request);
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    `Host: ${request.host}`,
    `X-Probe: ${probe}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (body !== '') lines.push(`Content-Length: ${body.length}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
}

function bodyOf(request: ScenarioRequest): string {
  return ['POST', 'PUT', 'PATCH'].includes(request.method) ? 'hi' : '';
}

/** What is wrong with what happened, or nothing. */
function judge(
  policy: Policy,
  request: ScenarioRequest,
  answer: RawAnswer,
  arrivals: readonly Arrival[],
): string | undefined {
  const decision = decide(policy, {
    method: request.method,
    url: `https://${request.host}${request.target}`,
    headers: request.headers,
  });
  if (decision.verdict === 'deny') {
    if (arrivals.length > 0)
      return `decide() denies (${decision.reason}), but the upstream saw ${arrivals[0]?.method} ${arrivals[0]?.target}`;
    if (answer.status === 200) return `decide() denies (${decision.reason}), but the agent got 200`;
    return undefined;
  }
  const arrival = arrivals[0];
  if (arrival === undefined)
    return `decide() allows (${decision.rule}), but nothing reached the upstream: ${answer.status} ${answer.body.slice(0, 200)}`;
  if (arrivals.length > 1) return 'the upstream saw it twice';
  if (arrival.target !== request.target) return `the upstream saw ${arrival.target}`;
  if (arrival.method !== request.method) return `the upstream saw the method ${arrival.method}`;
  if (arrival.host !== request.host) return `the upstream saw the host ${arrival.host}`;
  return judgeCredential(policy, request, arrival);
}

/** Exactly one credential, ours, in its own slot; the agent's own are gone. */
function judgeCredential(policy: Policy, request: ScenarioRequest, arrival: Arrival): string | undefined {
  const upstream = policy.upstreams.find(({ host }) => host === request.host);
  const credential = upstream?.tls === 'intercept' ? upstream.credential : undefined;
  const slot =
    credential === undefined ? undefined : credential.kind === 'header' ? credential.header : 'authorization';
  for (const name of [
    'authorization',
    'x-api-key',
    'cookie',
    'x-goog-api-key',
    'x-http-method-override',
    'x-original-url',
    'x-forwarded-host',
    'x-envoy-original-path',
    'x-forwarded-proto',
    'x-envoy-external-address',
  ]) {
    const values = arrival.headers[name] ?? [];
    if (name !== slot && values.length > 0) return `the upstream saw ${name}`;
    if (name !== slot) continue;
    const secret = credential !== undefined && 'secret' in credential ? credential.secret : '';
    if (values.length !== 1 || values[0] !== RENDERED[secret])
      return `the upstream saw ${values.length} values in ${name}, not the one of ${credential && credentialId(credential)}`;
  }
  return undefined;
}

async function runPolicy(
  document: { readonly upstreams: readonly object[] },
  requests: readonly ScenarioRequest[],
  directory: string,
  authority: string,
  arrivals: Map<string, Arrival[]>,
  tally: { allowed: number; denied: number },
): Promise<Mismatch[]> {
  const policy = definePolicy(document);
  const proxy = await startProxy(policy, directory, SECRETS, authority);
  const mismatches: Mismatch[] = [];
  try {
    const queue = requests.map((request, index) => ({ request, index }));
    const worker = async () => {
      const connections = new Map<string, RawConnection | Http2Connection>();
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [way, wanted] = TURNS[next.index % TURNS.length] ?? ['transparent', 1];
        const { request } = next;
        const protocol = isSendable(request, wanted) ? wanted : 1;
        const key = `${way}, HTTP/${protocol} ${request.host}`;
        const to = route(way, request.host);
        const connection = connections.get(key) ?? (protocol === 2 ? new Http2Connection(to) : new RawConnection(to));
        connections.set(key, connection);
        const probe = `${path.basename(directory)}-${next.index}`;
        const answer =
          connection instanceof Http2Connection
            ? await connection.send(fields(way, request, probe), bodyOf(request))
            : await connection.send(bytes(addressed(way, request), probe));
        const problem = judge(policy, request, answer, arrivals.get(probe) ?? []);
        tally[answer.status === 200 ? 'allowed' : 'denied']++;
        if (problem !== undefined) mismatches.push({ way: key, request, problem, policy: document });
      }
      for (const connection of connections.values()) connection.close();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    if (proxy.process.exitCode !== null)
      mismatches.push({
        way: 'all',
        request: requests[0] ?? { host: '', method: '', target: '', headers: [] },
        problem: 'Envoy ended',
        policy: document,
      });
  } finally {
    await proxy.stop();
  }
  return mismatches;
}

async function main(): Promise<void> {
  const [seed = 1, policies = 10, each = 2000] = process.argv.slice(2).map(Number);
  raiseNetwork();
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'anchorhold-equivalence-'));
  const certificate = makeCertificate(base, [...HOSTS]);
  const dns = await startDns();
  const upstream = await startUpstream(certificate);
  const tally = { allowed: 0, denied: 0 };
  const mismatches: Mismatch[] = [];
  const documents = fc.sample(documentArbitrary, { numRuns: policies, seed });
  for (const [index, document] of documents.entries()) {
    const random = fc.sample(aimedAt(document), { numRuns: each, seed: seed + index });
    const nasty = NASTY_TARGETS.flatMap((target): ScenarioRequest[] =>
      ['GET', 'POST'].map((method) => ({ host: HOSTS[0], method, target, headers: [] })),
    );
    const directory = path.join(base, `p${index}`);
    fs.mkdirSync(directory);
    mismatches.push(
      ...(await runPolicy(document, [...random, ...nasty], directory, certificate.authority, upstream.arrivals, tally)),
    );
  }
  upstream.close();
  dns.close();
  fs.rmSync(base, { recursive: true, force: true });
  process.stdout.write(
    `${JSON.stringify({ seed, policies, ...tally, mismatches: mismatches.slice(0, 20), mismatchCount: mismatches.length })}\n`,
  );
  process.exit(0);
}

void main();
