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
import { aimedAt, documentArbitrary, HOSTS, NASTY_TARGETS, type ScenarioRequest } from './generate';
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
const CONNECTIONS = 8;

export interface Mismatch {
  readonly way: string;
  readonly request: ScenarioRequest;
  readonly problem: string;
  readonly policy: unknown;
}

type Way = 'transparent' | 'connect';

function route(way: Way, host: string): Route {
  switch (way) {
    case 'transparent':
      return { address: PROXY_ADDRESS, port: 443, serverName: host };
    case 'connect':
      return { address: PROXY_ADDRESS, port: 3128, connect: `${host}:443`, serverName: host };
  }
}

function bytes(request: ScenarioRequest, probe: string): Buffer {
  const body = ['POST', 'PUT', 'PATCH'].includes(request.method) ? 'hi' : '';
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    `Host: ${request.host}`,
    `X-Probe: ${probe}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (body !== '') lines.push(`Content-Length: ${body.length}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
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
      const connections = new Map<string, RawConnection>();
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const way: Way = next.index % 2 === 0 ? 'transparent' : 'connect';
        const key = `${way} ${next.request.host}`;
        const connection = connections.get(key) ?? new RawConnection(route(way, next.request.host));
        connections.set(key, connection);
        const probe = `${path.basename(directory)}-${next.index}`;
        const answer = await connection.send(bytes(next.request, probe));
        const problem = judge(policy, next.request, answer, arrivals.get(probe) ?? []);
        tally[answer.status === 200 ? 'allowed' : 'denied']++;
        if (problem !== undefined) mismatches.push({ way, request: next.request, problem, policy: document });
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
