import { createHash } from 'node:crypto';
import * as http from 'node:http';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import type { ServerCertificate } from '../faults/certificates';

/** One request as the other end got it. Recorded when its head is there; the body's fields follow when it has ended. */
export interface Arrival {
  readonly serverName: string;
  readonly method: string;
  readonly target: string;
  /** As on the wire, in order. */
  readonly headers: readonly (readonly [string, string])[];
  /** The first 4 KiB, Latin-1. */
  body: string;
  bodyBytes: number;
  bodySha256: string;
  trailers: NodeJS.Dict<string>;
  /** False: the head came, the body never ended. */
  whole: boolean;
}

/** Answers a request. `body` is whole. */
export type Respond = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse) => unknown;

/** A request whose answer starts before its body has ended, or an upgrade. */
export type Upgrade = (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The outside: one TLS server for every name, which writes down every connection and every request. */
export class Origin {
  readonly arrivals: Arrival[] = [];
  /** `address:port` of each TCP connection taken, before any TLS. */
  readonly dialled: string[] = [];
  /** By TLS name. @default - 200 `ok` */
  readonly responds = new Map<string, Respond>();
  /** By TLS name. @default - an upgrade is answered as any request */
  readonly upgrades = new Map<string, Upgrade>();
  private readonly servers: tls.Server[] = [];
  private readonly app = http.createServer({ insecureHTTPParser: false, maxHeaderSize: 1 << 20 });

  constructor(private readonly certificates: Readonly<Record<string, ServerCertificate>>) {
    this.app.on('request', (request, response) => void this.serve(request, response));
    this.app.on('clientError', (_error, socket) => socket.destroy());
    this.app.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.app.keepAliveTimeout = 60_000;
  }

  listen(address = UPSTREAM_ADDRESS, port = 443): Promise<void> {
    const contexts = new Map(
      Object.entries(this.certificates).map(([name, certificate]) => [name, tls.createSecureContext(certificate)]),
    );
    const server = tls.createServer(
      {
        ...Object.values(this.certificates)[0],
        ALPNProtocols: ['http/1.1'],
        SNICallback: (name, done) => done(null, contexts.get(name)),
      },
      (socket) => {
        socket.on('error', () => socket.destroy());
        this.app.emit('connection', socket);
      },
    );
    server.on('connection', (socket) => this.dialled.push(`${socket.localAddress}:${port}`));
    server.on('tlsClientError', () => undefined);
    this.servers.push(server);
    return new Promise((resolve) => server.listen(port, address, resolve));
  }

  close(): void {
    for (const server of this.servers) server.close();
    this.app.closeAllConnections();
  }

  private record(request: http.IncomingMessage): Arrival {
    const { rawHeaders, socket } = request;
    const headers = rawHeaders.flatMap((name, at) =>
      at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
    );
    const arrival: Arrival = {
      serverName: nameAsked(socket),
      method: request.method ?? '',
      target: request.url ?? '',
      headers,
      body: '',
      bodyBytes: 0,
      bodySha256: '',
      trailers: {},
      whole: false,
    };
    this.arrivals.push(arrival);
    return arrival;
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const arrival = this.record(request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) {
        // No encoding is set, so chunks are buffers.
        chunks.push(chunk as Buffer);
        arrival.bodyBytes += (chunk as Buffer).length;
      }
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    arrival.body = body.subarray(0, 4096).toString('latin1');
    arrival.bodySha256 = createHash('sha256').update(body).digest('hex');
    arrival.trailers = request.trailers;
    arrival.whole = true;
    const respond = this.responds.get(arrival.serverName) ?? ok;
    await respond(request, body, response);
  }

  private upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const upgrade = this.upgrades.get(nameAsked(request.socket));
    this.record(request);
    socket.on('error', () => socket.destroy());
    if (upgrade === undefined) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
    else upgrade(request, socket, head);
  }
}

/** Values of a header of an arrival. */
export function valuesOf(arrival: Arrival | undefined, name: string): readonly string[] {
  return (arrival?.headers ?? []).filter(([key]) => key === name).map(([, value]) => value);
}

function ok(_request: http.IncomingMessage, _body: Buffer, response: http.ServerResponse): void {
  response.writeHead(200, { 'content-length': '2' });
  response.end('ok');
}

function nameAsked(socket: object): string {
  // Typed on the client's side only in @types/node; a server's socket has it once the handshake is done.
  return String(Reflect.get(socket, 'servername') ?? '');
}
