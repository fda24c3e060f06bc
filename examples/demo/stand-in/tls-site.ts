/** A TLS site of the stand-in internet: one server on one address, every request recorded before it is answered. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ServerIdentity } from './authority';
import type { Recorder, RequestArrival } from './record';

/** Answers one request. `body` was read whole. */
export type Respond = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse) => unknown;

export interface TlsSite {
  readonly name: string;
  readonly address: string;
  /** @default 443 */
  readonly port?: number;
  readonly identity: ServerIdentity;
  readonly respond: Respond;
  /** @default - an upgrade is refused by closing */
  readonly upgrade?: (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Listens, and resolves when it does. */
export async function serveSite(site: TlsSite, record: Recorder): Promise<void> {
  const { address, identity, name, port = 443 } = site;
  const options = { cert: identity.certificate, key: identity.key, keepAliveTimeout: 60_000 };
  const server = https.createServer(options, (request, response) => {
    void answer(site, request, response, record);
  });
  server.on('connection', (socket: Duplex & { remoteAddress?: string }) => {
    record.add({ kind: 'tcp', to: address, port, from: socket.remoteAddress ?? '' });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    record.add(arrivalOf(name, request, 0, 101));
    if (site.upgrade) site.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
}

async function answer(
  site: TlsSite,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  record: Recorder,
): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set, so chunks are buffers
  } catch {
    return; // the client went away in the middle of its request
  }
  const body = Buffer.concat(chunks);
  const writeHead = response.writeHead.bind(response);
  let recorded = false;
  const once = (status: number) => {
    if (recorded) return;
    recorded = true;
    record.add(arrivalOf(site.name, request, body.length, status));
  };
  // at the head, not at the end: what has been answered is already recorded
  response.writeHead = ((status: number, ...rest: never[]) => {
    once(status);
    return writeHead(status, ...rest);
  }) as typeof response.writeHead; // an overload can't be written as one arrow
  await site.respond(request, body, response);
  once(response.statusCode);
}

function arrivalOf(server: string, request: http.IncomingMessage, bodyBytes: number, status: number): RequestArrival {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '']);
  }
  // https.Server hands out TLS sockets only
  const sni = (request.socket as TLSSocket).servername;
  return {
    kind: 'request',
    server,
    ...(typeof sni === 'string' ? { sni } : {}),
    method: request.method ?? '',
    path: request.url ?? '',
    headers,
    bodyBytes,
    status,
  };
}
