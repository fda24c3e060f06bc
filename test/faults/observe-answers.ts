import { until, type Lab } from './lab';
import { bytesOf, prefixOf, readStream, routeOf, WAYS, type Way } from './ways';
import type { Route } from '../equivalence/raw-client';
import { PROXY_ADDRESS } from '../equivalence/world';

export const TOKEN = 'canary-token-0123456789';
/** What a host that means harm, or only debugs, may say back, by the host that was given it. */
export const ECHOES = [
  ['bearer', 'rendered', `Bearer ${TOKEN}`],
  ['bearer', 'bare', TOKEN],
  ['basic', 'rendered', `Basic ${Buffer.from(`agent:${TOKEN}`).toString('base64')}`],
  ['basic', 'bare', Buffer.from(`agent:${TOKEN}`).toString('base64')],
  ['basic', 'password', TOKEN],
] as const;
export const PLACES = ['body', 'split', 'bytes', 'header'] as const;
/** Longer than Envoy's default of 15 s, which cuts a stream whose route says nothing. */
export const STREAM_SECONDS = 20;
export const STREAM_WAYS = [...WAYS, 'passthrough', 'passthrough by CONNECT'] as const;

export interface AnswerObservations {
  /** All that the agent got, by `host what place`. */
  readonly scrubbed: Readonly<Record<string, string>>;
  readonly unscrubbed: Readonly<Record<string, string>>;
  readonly streams: Readonly<Record<string, { readonly text: string; readonly ms: number }>>;
}

const host = (label: string) => `${label}.up.example`;
const upstream = (label: string, credential: object, more: object = {}) => ({
  host: host(label),
  ca: 'lab',
  prefix: prefixOf(host(label)),
  credential,
  rules: ['GET /echo/**', 'GET /events/*'],
  ...more,
});
const BEARER = { bearer: 'key' };
const BASIC = { basic: { user: 'agent', secret: 'key' } };
const DOCUMENT = {
  policy: 1,
  name: 'answers',
  upstreams: [
    upstream('bearer', BEARER),
    upstream('basic', BASIC),
    upstream('plain-bearer', BEARER, { response: { scrub: false } }),
    upstream('plain-basic', BASIC, { response: { scrub: false } }),
    { host: host('opaque'), tls: 'passthrough' },
  ],
};

/** Echoed credentials, and event streams that outlast every default timeout, over every way in. */
export async function observe(lab: Lab): Promise<AnswerObservations> {
  await lab.raise();
  const names = ['bearer', 'basic', 'plain-bearer', 'plain-basic', 'opaque'].map(host);
  const certificate = lab.authority.issue(names);
  const server = await lab.upstream(Object.fromEntries(names.map((name) => [name, certificate])));
  const proxy = await lab.start(DOCUMENT, new Map([['key', TOKEN]]));
  const ask = (label: string, target: string) => lab.ask(server, 'transparent', { host: host(label), target });
  await until(async () => (await ask('bearer', '/echo/bare/body')).status === 200, 5000);
  const streams = Promise.all(STREAM_WAYS.map(async (way) => [way, await stream(way)] as const));
  const collect = async (kind: string) => {
    const got: Record<string, string> = {};
    for (const [label, what] of ECHOES)
      for (const place of PLACES) {
        const { status, head, body } = await ask(`${kind}${label}`, `/echo/${what}/${place}`);
        got[`${label} ${what} ${place}`] = `${status}\n${head}\n\n${body}`;
      }
    return got;
  };
  const scrubbed = await collect('');
  const unscrubbed = await collect('plain-');
  const seen = { scrubbed, unscrubbed, streams: Object.fromEntries(await streams) };
  await proxy.stop();
  server.close();
  return seen;
}

function stream(way: (typeof STREAM_WAYS)[number]): Promise<{ readonly text: string; readonly ms: number }> {
  const label = way.startsWith('passthrough') ? 'opaque' : 'bearer';
  const ask = { host: host(label), target: `/events/${STREAM_SECONDS}`, probe: `stream-${way}` };
  const inside: Way = way === 'connect' || way === 'gateway' ? way : 'transparent';
  const byConnect: Route = { address: PROXY_ADDRESS, port: 3128, connect: `${ask.host}:443`, serverName: ask.host };
  const route = way === 'passthrough by CONNECT' ? byConnect : routeOf(inside, ask);
  return readStream(route, bytesOf(inside, ask), `data: ${STREAM_SECONDS - 1}\n`, 28_000);
}
