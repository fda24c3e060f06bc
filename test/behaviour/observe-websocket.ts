import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { openRoute, RawConnection } from '../equivalence/raw-client';
import { eachObject } from '../faults/bootstrap-edit';
import type { Lab } from '../faults/lab';
import { prefixOf, WAYS, type Way } from '../faults/ways';
import {
  allowed,
  observeCases,
  observeWithout,
  refused,
  type Cases,
  type Protections,
  type TableObservations,
} from './table';
import { bytesOf, raiseOrigin, routeTo, withProxy, type Ask, type Outcome, type Proxy } from './world';

const OPEN = 'open.up.example';
const CLOSED = 'closed.up.example';
/** Answers an upgrade as if it had not been asked for. */
const DEAF = 'deaf.up.example';
/** Switches protocols though nobody asked. */
const EAGER = 'eager.up.example';
const SECRET = 'canary-socket-0123456789';

const upstream = (host: string, websocket: boolean) => ({
  host,
  ca: 'lab',
  prefix: prefixOf(host),
  credential: { bearer: 'key' },
  rules: ['GET /socket', 'GET /v1/messages'],
  ...(websocket ? { websocket } : {}),
});
const SETTING = {
  document: {
    policy: 1,
    name: 'websocket',
    upstreams: [upstream(OPEN, true), upstream(CLOSED, false), upstream(DEAF, true), upstream(EAGER, true)],
  },
  secrets: new Map([['key', SECRET]]),
  ready: { host: CLOSED },
};

const handshake = (upgrade: string): Ask['headers'] => [
  ['Connection', 'Upgrade'],
  ['Upgrade', upgrade],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const asking = (host: string, upgrade: string, way: Way = 'transparent', target = '/socket'): Ask => ({
  host,
  way,
  target,
  headers: handshake(upgrade) ?? [],
});

const plain = (way: Way): [string, Cases[string]][] => [
  [`an ordinary request, ${way}`, { ask: { host: CLOSED, way }, expected: allowed }],
  [
    `a websocket where the policy doesn't say so, ${way}`,
    { ask: asking(CLOSED, 'websocket', way), expected: refused(403, 'websocket-not-allowed') },
  ],
  [
    `a websocket on a path no rule allows, ${way}`,
    { ask: asking(OPEN, 'websocket', way, '/other'), expected: refused(403, 'no-rule-matched') },
  ],
  [
    `an upgrade to another protocol, ${way}`,
    { ask: asking(OPEN, 'x-tunnel', way), expected: refused(403, 'websocket-not-allowed') },
  ],
  [
    `two protocols at once, ${way}`,
    { ask: asking(OPEN, 'websocket, h2c', way), expected: refused(403, 'websocket-not-allowed') },
  ],
];

export const CASES: Cases = Object.fromEntries(WAYS.flatMap(plain));

export const PROTECTIONS: Protections = {
  'the missing upgrade of the route': {
    stops: "a websocket where the policy doesn't say so, transparent",
    takeOut: (bootstrap) =>
      eachObject(bootstrap, (object) => {
        if ('host_rewrite_literal' in object && 'cluster' in object)
          object['upgrade_configs'] = [{ upgrade_type: 'websocket' }];
      }),
  },
};

export interface SocketObservations extends TableObservations {
  /** By way: what a real client got back for three messages, and the credential the host saw. */
  readonly echoed: Readonly<Record<string, { readonly messages: readonly string[]; readonly outcome: Outcome }>>;
  /** By way: an upgrade to h2c; the proxy drops the header. */
  readonly h2c: Readonly<Record<string, Outcome>>;
  /** By way: bytes sent behind an upgrade that the host didn't take, and the next request of another client. */
  readonly smuggled: Readonly<Record<string, { readonly first: Outcome; readonly second: Outcome }>>;
  /** By way: a 101 that nobody asked for. */
  readonly unasked: Readonly<Record<string, Outcome>>;
}

export async function observe(lab: Lab): Promise<SocketObservations> {
  const origin = await raiseOrigin(lab, [OPEN, CLOSED, DEAF, EAGER]);
  const server = new WebSocketServer({ noServer: true });
  server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client));
  for (const host of [OPEN, CLOSED]) origin.upgrades.set(host, upgrade);
  origin.responds.set(EAGER, (request) => void request.socket.write(switching('x')));
  const whole = await withProxy(lab, origin, SETTING, async (proxy) => ({
    outcomes: await observeCases(proxy, CASES),
    echoed: await byWay((way) => echo(proxy, way)),
    h2c: await byWay((way) => proxy.ask(h2c(way))),
    smuggled: await byWay((way) => smuggle(proxy, way)),
    unasked: await byWay((way) => proxy.ask({ host: EAGER, way })),
  }));
  const without = await observeWithout(lab, origin, SETTING, CASES, PROTECTIONS);
  server.close();
  origin.close();
  return { ...whole, without };
}

/** The real client of the `ws` library, over the socket a way leads to. */
async function echo(proxy: Proxy, way: Way): Promise<{ messages: string[]; outcome: Outcome }> {
  const messages: string[] = [];
  const outcome = await proxy.watch(async () => {
    const socket = await openRoute(routeTo({ host: OPEN, way }));
    const path = way === 'gateway' ? `${prefixOf(OPEN)}/socket` : '/socket';
    const client = new WebSocket(`ws://${OPEN}${path}`, { createConnection: () => socket });
    for (const text of ['one', 'two', 'x'.repeat(70_000)]) {
      if (client.readyState !== WebSocket.OPEN) await event(client, 'open');
      client.send(text);
      messages.push(await event(client, 'message'));
    }
    client.close();
    return { status: 101, head: '', body: '' };
  });
  return { messages, outcome };
}

function event(client: WebSocket, name: 'open' | 'message'): Promise<string> {
  return new Promise((resolve, reject) => {
    client.once(name, (data: unknown) => resolve(String(data ?? '')));
    client.once('error', reject);
  });
}

function h2c(way: Way): Ask {
  const headers = [
    ['Connection', 'Upgrade, HTTP2-Settings'],
    ['Upgrade', 'h2c'],
    ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
  ] as const;
  return { host: CLOSED, way, headers };
}

/** CVE-2026-73548: bytes behind an upgrade must not reach a host that didn't switch, nor a pooled connection. */
async function smuggle(proxy: Proxy, way: Way): Promise<{ first: Outcome; second: Outcome }> {
  const hidden = `DELETE /v1/everything HTTP/1.1\r\nHost: ${DEAF}\r\nContent-Length: 0\r\n\r\n`;
  const upgrade = bytesOf(asking(DEAF, 'websocket', way));
  const connection = new RawConnection(routeTo({ host: DEAF, way }));
  const first = await proxy.watch(() => connection.send(Buffer.concat([upgrade, Buffer.from(hidden)])));
  connection.close();
  await proxy.settle();
  const second = await proxy.ask({ host: DEAF, way });
  return { first, second };
}

function switching(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  return `${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

async function byWay<T>(observe: (way: Way) => Promise<T>): Promise<Record<string, T>> {
  const seen: Record<string, T> = {};
  for (const way of WAYS) seen[way] = await observe(way);
  return seen;
}
