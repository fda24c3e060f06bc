import * as net from 'node:net';
import * as tls from 'node:tls';

/** What came back for one request written byte for byte. `status` 0: the connection was closed without an answer. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** How a connection to the proxy is opened: plain TCP, TLS to a name, or a CONNECT first. */
export interface Route {
  readonly address: string;
  readonly port: number;
  /** `host:port` to CONNECT to before anything else. */
  readonly connect?: string;
  /** TLS name; undefined: clear text. */
  readonly serverName?: string;
  /** Local address to come from. @default - the kernel's choice */
  readonly from?: string;
}

const TIMEOUT_MS = 5000;

/** One keep-alive connection that sends raw requests in turn and reopens itself when the proxy has closed it. */
export class RawConnection {
  private socket: net.Socket | undefined;
  private pending: ((answer: RawAnswer) => void) | undefined;
  private received = Buffer.alloc(0);
  private headRequest = false;

  constructor(private readonly route: Route) {}

  /** Sends the bytes and resolves with the first whole answer. Never rejects. */
  async send(bytes: Buffer): Promise<RawAnswer> {
    try {
      this.socket ??= await this.open();
    } catch (error) {
      return { status: 0, head: '', body: String(error) };
    }
    const socket = this.socket;
    this.headRequest = bytes.subarray(0, 5).toString('latin1') === 'HEAD ';
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.fail(), TIMEOUT_MS);
      this.pending = (answer) => {
        clearTimeout(timer);
        this.pending = undefined;
        this.received = Buffer.alloc(0);
        if (answer.status === 0 || /\r\nconnection: close/i.test(answer.head)) this.close();
        resolve(answer);
      };
      socket.write(bytes);
    });
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private fail(): void {
    this.pending?.({ status: 0, head: '', body: this.received.toString('latin1') });
  }

  private async open(): Promise<net.Socket> {
    const socket = await openRoute(this.route);
    const lost = () => {
      if (this.socket === socket) this.socket = undefined;
      this.fail();
    };
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', lost);
    socket.on('close', lost);
    return socket;
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    const text = this.received.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = text.slice(0, end);
    const status = Number(head.split(' ')[1]);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    const body = text.slice(end + 4);
    const whole =
      this.headRequest || status === 204 || status === 304
        ? true
        : length !== undefined
          ? body.length >= Number(length)
          : body.endsWith('0\r\n\r\n');
    if (whole) this.pending?.({ status, head, body });
  }
}

/** The socket a route leads to. @default alpn - none is offered */
export async function openRoute(route: Route, alpn?: string[]): Promise<net.Socket> {
  const { address, port, from } = route;
  const local = { host: address, port, ...(from === undefined ? {} : { localAddress: from }) };
  const plain = await connected(net.connect(local), 'connect');
  if (route.connect !== undefined) await tunnel(plain, route.connect);
  const servername = route.serverName;
  if (servername === undefined) return plain;
  const options = { socket: plain, servername, rejectUnauthorized: false };
  return connected(tls.connect(alpn === undefined ? options : { ...options, ALPNProtocols: alpn }), 'secureConnect');
}

function connected<S extends net.Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('timed out')), TIMEOUT_MS);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

function tunnel(socket: net.Socket, authority: string): Promise<void> {
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) =>
      chunk.toString('latin1').startsWith('HTTP/1.1 200')
        ? resolve()
        : reject(new Error(chunk.toString('latin1').split('\r\n')[0])),
    );
    socket.once('close', () => reject(new Error('closed')));
  });
}
