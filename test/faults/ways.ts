import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Route } from '../equivalence/raw-client';
import { PROXY_ADDRESS } from '../equivalence/world';

/** How an agent can come. */
export type Way = 'transparent' | 'connect' | 'gateway';
export const WAYS: readonly Way[] = ['transparent', 'connect', 'gateway'];

export interface Ask {
  readonly host: string;
  readonly target?: string;
  readonly method?: string;
  readonly probe: string;
  /** @default - that of `host` */
  readonly hostHeader?: string;
  /** @default - that of `host` */
  readonly serverName?: string;
  readonly headers?: readonly string[];
}

/** Where to connect for one way in. */
export function routeOf(way: Way, ask: Ask): Route {
  const serverName = ask.serverName ?? ask.host;
  switch (way) {
    case 'transparent':
      return { address: PROXY_ADDRESS, port: 443, serverName };
    case 'connect':
      return { address: PROXY_ADDRESS, port: 3128, connect: `${ask.host}:443`, serverName };
    case 'gateway':
      return { address: PROXY_ADDRESS, port: 8080 };
  }
}

/** The request on the wire; on the gateway the first label of the host is its prefix. */
export function bytesOf(way: Way, ask: Ask): Buffer {
  const prefix = way === 'gateway' ? prefixOf(ask.host) : '';
  const lines = [
    `${ask.method ?? 'GET'} ${prefix}${ask.target ?? '/v1/messages'} HTTP/1.1`,
    `Host: ${ask.hostHeader ?? (way === 'gateway' ? 'proxy.example' : ask.host)}`,
    `X-Probe: ${ask.probe}`,
    ...(ask.headers ?? []),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** `/good` for `good.up.example`. */
export function prefixOf(host: string): string {
  return `/${host.split('.')[0] ?? ''}`;
}

/** Everything that came back until the other side closed or `until` was seen, and how long that took. */
export async function readStream(
  route: Route,
  bytes: Buffer,
  until: string,
  limitMs: number,
): Promise<{ readonly text: string; readonly ms: number }> {
  const start = Date.now();
  const plain = net.connect(route.port, route.address);
  await once(plain, 'connect');
  if (route.connect !== undefined) {
    plain.write(`CONNECT ${route.connect} HTTP/1.1\r\nHost: ${route.connect}\r\n\r\n`);
    await once(plain, 'data');
  }
  const name = route.serverName;
  const socket =
    name === undefined ? plain : tls.connect({ socket: plain, servername: name, rejectUnauthorized: false });
  if (name !== undefined) await once(socket, 'secureConnect');
  socket.write(bytes);
  let text = '';
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    const end = () => (clearTimeout(timer), resolve());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes(until)) end();
    });
    socket.on('close', end);
    socket.on('error', end);
  });
  socket.destroy();
  return { text, ms: Date.now() - start };
}

function once(socket: net.Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed before ${event}`)));
  });
}
