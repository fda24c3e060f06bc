import { execFileSync } from 'node:child_process';
import * as http from 'node:http';
import * as path from 'node:path';
import type { RawAnswer } from '../equivalence/raw-client';
import { setting, withoutFilters } from '../faults/bootstrap-edit';
import { ended, pause, type Lab } from '../faults/lab';
import { prefixOf, readStream, WAYS, type Way } from '../faults/ways';
import type { Origin } from './origin';
import { bytesOf, raiseOrigin, routeTo, send, withProxy, type Ask, type Outcome, type Proxy } from './world';

const RATED = 'rated.up.example';
const SMALL = 'small.up.example';
const TIMED = 'timed.up.example';
const SILENT = 'silent.up.example';
const STEADY = 'steady.up.example';
const OPAQUE = 'opaque.up.example';
const OPAQUE_SILENT = 'opaque-silent.up.example';
const HOSTS = [RATED, SMALL, TIMED, SILENT, STEADY, OPAQUE, OPAQUE_SILENT];
/** Two clients, told apart by their address. */
export const CLIENTS = ['10.77.1.1', '10.77.1.2'] as const;
export const RATE = 5;
export const LIMIT = 65_536;
export const STREAM_SECONDS = 3;
export const IDLE_SECONDS = 2;

const upstream = (host: string, limits: object) => ({
  host,
  ca: 'lab',
  prefix: prefixOf(host),
  rules: ['GET,POST /v1/messages', 'GET /events'],
  limits,
});
const opaque = (host: string, limits: object) => ({ host, tls: 'passthrough', limits });
const SETTING = {
  document: {
    policy: 1,
    name: 'limits',
    upstreams: [
      upstream(RATED, { requestsPerSecond: RATE }),
      upstream(SMALL, { requestBytes: LIMIT }),
      upstream(TIMED, { streamSeconds: STREAM_SECONDS }),
      upstream(SILENT, { idleSeconds: IDLE_SECONDS }),
      upstream(STEADY, {}),
      opaque(OPAQUE, { streamSeconds: STREAM_SECONDS }),
      opaque(OPAQUE_SILENT, { idleSeconds: IDLE_SECONDS }),
    ],
    limits: { requestsPerSecond: 1000 },
  },
  ready: { host: STEADY },
};

/** Bodies against the limit, by a sentence's end. */
export const BODIES: Readonly<
  Record<string, { readonly ask: Ask; readonly status: number; readonly mayStart?: true }>
> = Object.fromEntries(
  WAYS.flatMap((way) =>
    ([1, 2] as const).flatMap((protocol) => {
      const ask = (body: Ask['body']): Ask => ({
        ...{ host: SMALL, way, http: protocol, method: 'POST' },
        ...(body === undefined ? {} : { body }),
      });
      const label = `HTTP/${protocol}, ${way}`;
      const chunk = 'x'.repeat(8192);
      const announced: Ask = {
        ...ask('x'.repeat(LIMIT + 1)),
        ...(protocol === 2 ? { headers: [['content-length', String(LIMIT + 1)]] } : {}),
      };
      return [
        [`just as large as allowed, ${label}`, { ask: ask('x'.repeat(LIMIT)), status: 200 }],
        [`one byte larger, with its length, ${label}`, { ask: announced, status: 413 }],
        [
          `larger, of unknown length, ${label}`,
          {
            ask: protocol === 1 ? ask(Array.from({ length: 9 }, () => chunk)) : ask('x'.repeat(LIMIT + 8192)),
            status: 413,
            mayStart: true,
          },
        ],
      ];
    }),
  ),
);

export interface LimitObservations {
  /** By way, protocol and client: the answers to a burst. */
  readonly bursts: Readonly<Record<string, readonly RawAnswer[]>>;
  /** The other client's answer in the middle of a burst. */
  readonly neighbours: Readonly<Record<string, RawAnswer>>;
  /** Rated requests that arrived outside, and answers 200. */
  readonly ratedArrivals: number;
  readonly unrated: readonly RawAnswer[];
  readonly bodies: Readonly<Record<string, Outcome>>;
  readonly unlimited: Outcome;
  /** By `limit way`: how long it lasted and what came. */
  readonly streams: Readonly<Record<string, { readonly text: string; readonly ms: number }>>;
  readonly uncut: { readonly text: string; readonly ms: number };
  readonly drain: DrainObservation;
}

export interface DrainObservation {
  /** What the stream that ran when the drain began brought. */
  readonly running: string;
  /** A new connection after that; null: none was taken. */
  readonly late: RawAnswer;
  readonly exitMs: number;
}

export async function observe(lab: Lab): Promise<LimitObservations> {
  const origin = await raiseOrigin(lab, HOSTS);
  for (const address of CLIENTS) execFileSync('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
  for (const host of HOSTS) origin.responds.set(host, answer);
  const first = await withProxy(lab, origin, SETTING, async (proxy) => {
    // The waiting is done side by side.
    const running = streams();
    const rated = await bursts(origin);
    const cut = await running;
    await proxy.settle();
    const sized = await bodies(proxy, origin);
    return { ...rated, streams: cut, bodies: sized, drain: await drain(proxy) };
  });
  const unrated = await withProxy(
    lab,
    origin,
    { ...SETTING, edit: (bootstrap) => withoutFilters(bootstrap, 'LocalRateLimit') },
    async () => burst({ host: RATED }),
  );
  const endless = (bootstrap: unknown) => {
    setting(bootstrap, 'max_stream_duration', undefined);
    withoutFilters(bootstrap, 'BodySizeLimit');
  };
  const large: Ask = { host: SMALL, method: 'POST', body: 'x'.repeat(LIMIT + 1) };
  const [uncut, unlimited] = await withProxy(lab, origin, { ...SETTING, edit: endless }, async (proxy) => [
    await readStream(routeTo({ host: TIMED }), bytesOf({ host: TIMED, target: '/events?for=5' }), 'event 4', 8000),
    await proxy.ask(large),
  ]);
  origin.close();
  return { ...first, unrated, uncut, unlimited };
}

/** `/events?for=N`: an event a second, N times; `/events?after=N`: one event, silence for N seconds, another. */
function answer(request: http.IncomingMessage, _body: Buffer, response: http.ServerResponse): void {
  const query = new URL(request.url ?? '', 'https://up.example').searchParams;
  if (!request.url?.startsWith('/events')) return void response.end('ok');
  const [count, gap] = query.has('after') ? [2, Number(query.get('after'))] : [Number(query.get('for')), 1];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const tell = () => {
    response.write(`event ${sent++}\n\n`);
    if (sent === count) response.end();
    else if (!response.destroyed) setTimeout(tell, gap * 1000);
  };
  tell();
}

async function burst(ask: Ask): Promise<RawAnswer[]> {
  return Promise.all(Array.from({ length: RATE * 3 }, () => send(ask)));
}

/** Three times what is allowed, from one client, while another asks once. */
async function bursts(origin: Origin) {
  const all: Record<string, RawAnswer[]> = {};
  const neighbours: Record<string, RawAnswer> = {};
  const before = origin.arrivals.length;
  for (const way of WAYS)
    for (const protocol of [1, 2] as const) {
      const label = `HTTP/${protocol}, ${way}`;
      // Each way has buckets of its own; the ones of the protocol before are full again after a second.
      await pause(1100);
      all[label] = await burst({ host: RATED, way, http: protocol, from: CLIENTS[0] });
      neighbours[label] = await send({ host: RATED, way, http: protocol, from: CLIENTS[1] });
    }
  const arrived = origin.arrivals.slice(before).filter(({ serverName }) => serverName === RATED);
  return { bursts: all, neighbours, ratedArrivals: arrived.length };
}

/** What belongs to which case is told by its target: the beginning of a body that is refused may arrive after the refusal. */
async function bodies(proxy: Proxy, origin: Origin): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  const target = (name: string) => `/v1/messages?case=${Object.keys(BODIES).indexOf(name)}`;
  for (const [name, { ask }] of Object.entries(BODIES))
    outcomes[name] = await proxy.ask({ ...ask, target: target(name) });
  for (const [name, outcome] of Object.entries(outcomes))
    outcomes[name] = {
      ...outcome,
      arrivals: structuredClone(origin.arrivals.filter((arrival) => arrival.target === target(name))),
    };
  return outcomes;
}

async function streams(): Promise<LimitObservations['streams']> {
  const all = [
    ...WAYS.flatMap((way) => [
      stream('streamSeconds', TIMED, way, '/events?for=8'),
      stream('idleSeconds', SILENT, way, '/events?after=8'),
      stream('idleSeconds, never silent', SILENT, way, '/events?for=5'),
    ]),
    ...(['transparent', 'connect'] as const).flatMap((way) => [
      stream('passthrough streamSeconds', OPAQUE, way, '/events?for=8'),
      stream('passthrough idleSeconds', OPAQUE_SILENT, way, '/events?after=8'),
      stream('passthrough idleSeconds, never silent', OPAQUE_SILENT, way, '/events?for=5'),
    ]),
  ];
  return Object.fromEntries(await Promise.all(all));
}

async function stream(
  limit: string,
  host: string,
  way: Way,
  target: string,
): Promise<[string, { text: string; ms: number }]> {
  const ask: Ask = { host, way, target, headers: [['Connection', 'close']] };
  return [`${limit}, ${way}`, await readStream(routeTo(ask), bytesOf(ask), '\r\n0\r\n\r\n', 25_000)];
}

/** What a place does when it stops: drains by the admin socket, waits for what runs, then ends Envoy. */
async function drain(proxy: Proxy): Promise<DrainObservation> {
  const ask: Ask = { host: STEADY, way: 'transparent', target: '/events?for=4' };
  const running = readStream(routeTo(ask), bytesOf(ask), '\r\n0\r\n\r\n', 10_000);
  await pause(500);
  await admin(proxy, '/drain_listeners');
  await pause(200);
  const late = await send({ host: STEADY });
  const { text } = await running;
  const start = Date.now();
  await ended(proxy.lab.envoy, 'SIGTERM');
  return { running: text, late, exitMs: Date.now() - start };
}

function admin(proxy: Proxy, target: string): Promise<number> {
  const socketPath = path.join(proxy.lab.directory, 'admin.sock');
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, path: target, method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });
}
