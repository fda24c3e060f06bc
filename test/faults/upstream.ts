import * as http from 'node:http';
import * as tls from 'node:tls';
import type { ServerCertificate } from './certificates';

/** One request that reached a server, with the name its TLS asked for. */
export interface Arrival {
  readonly serverName: string;
  readonly method: string;
  readonly target: string;
  readonly headers: NodeJS.Dict<string[]>;
}

/**
 * TLS servers that record everything: each address dialled (before any TLS), each byte of HTTP, each request by its
 * `x-probe`. "Refused" in these suites always means: nothing in here.
 */
export class Upstream {
  /** Local address of each TCP connection taken. */
  readonly dialled: string[] = [];
  /** TLS name of each connection over which any byte of HTTP came. */
  readonly spokenTo: string[] = [];
  readonly arrivals = new Map<string, Arrival[]>();
  private readonly servers: tls.Server[] = [];
  private readonly app = http.createServer((request, response) => this.serve(request, response));

  /** `certificates`: by TLS name. */
  constructor(private readonly certificates: Readonly<Record<string, ServerCertificate>>) {}

  listen(address: string, port = 443): Promise<void> {
    const contexts = Object.entries(this.certificates).map(
      ([name, certificate]) => [name, tls.createSecureContext(certificate)] as const,
    );
    const byName = new Map(contexts);
    const server = tls.createServer(
      {
        ...Object.values(this.certificates)[0],
        ALPNProtocols: ['http/1.1'],
        SNICallback: (name, done) => done(null, byName.get(name)),
      },
      (socket) => {
        this.app.emit('connection', socket);
        // After the parser, which takes bytes from under listeners that were there before it.
        socket.once('data', () => this.spokenTo.push(nameAsked(socket)));
      },
    );
    server.on('connection', (socket) => this.dialled.push(socket.localAddress ?? ''));
    server.on('tlsClientError', () => undefined);
    this.servers.push(server);
    return new Promise((resolve) => server.listen(port, address, resolve));
  }

  close(): void {
    for (const server of this.servers) server.close();
    this.app.closeAllConnections();
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const probe = String(request.headers['x-probe']);
    const socket = request.socket;
    const arrival: Arrival = {
      serverName: socket instanceof tls.TLSSocket ? nameAsked(socket) : '',
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headersDistinct,
    };
    this.arrivals.set(probe, [...(this.arrivals.get(probe) ?? []), arrival]);
    request.resume();
    const [, kind = '', what = '', where = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    if (kind === 'events') return events(response, Number(what));
    if (kind === 'flood') return flood(response);
    if (kind === 'echo') return void echo(response, told(request.headers, what), where);
    response.writeHead(200, { 'content-length': '2' });
    response.end('ok');
  }
}

function nameAsked(socket: tls.TLSSocket): string {
  // Typed on the client's side only in @types/node; a server's socket has it once the handshake is done.
  return String(Reflect.get(socket, 'servername') ?? '');
}

/** An event a second, `seconds` times. */
function events(response: http.ServerResponse, seconds: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const send = () => {
    response.write(`data: ${sent++}\n\n`);
    if (sent < seconds) return;
    clearInterval(timer);
    response.end();
  };
  const timer = setInterval(send, 1000);
  response.on('close', () => clearInterval(timer));
}

/** Bytes without an end, as fast as they are taken. */
function flood(response: http.ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const piece = 'x'.repeat(1 << 16);
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}

/** The credential as it came, the token inside `Bearer`, or the password inside `Basic`. */
function told(headers: http.IncomingHttpHeaders, what: string): string {
  const value = String(headers.authorization ?? headers['x-api-key'] ?? '');
  const bare = value.split(' ').at(-1) ?? '';
  if (what === 'rendered') return value;
  if (what === 'bare') return bare;
  return Buffer.from(bare, 'base64').toString('utf8').split(':').slice(1).join(':');
}

/** Says it back: in one piece, split over two writes, a byte at a time, or in a header. */
async function echo(response: http.ServerResponse, text: string, where: string): Promise<void> {
  if (where === 'header') {
    response.writeHead(200, { 'x-echo': `you sent ${text} just now`, 'content-length': '2' });
    return void response.end('ok');
  }
  const whole = `you sent ${text} just now`;
  const middle = Math.floor(whole.length / 2);
  const pieces =
    where === 'split' ? [whole.slice(0, middle), whole.slice(middle)] : where === 'bytes' ? [...whole] : [whole];
  response.writeHead(200, { 'content-type': 'text/plain' });
  for (const piece of pieces) {
    response.write(piece);
    await new Promise((resolve) => setTimeout(resolve, pieces.length > 2 ? 2 : 40));
  }
  response.end();
}
