/**
 * The client: closed-loop connections that ask the same request again and again. Runs as a process of its own (`fork`), so that its work is
 * never counted as the proxy's.
 */
import { connect as dial, type Socket } from 'node:net';
import { connect as secure } from 'node:tls';

/** How a request reaches the upstream. */
export interface Route {
  readonly address: string;
  readonly port: number;
  /** Authority of a CONNECT before anything else. @default - none */
  readonly connect?: string;
  /** TLS name. @default - clear text */
  readonly sni?: string;
  readonly host: string;
  readonly path: string;
}

export interface Load {
  readonly route: Route;
  readonly connections: number;
  readonly seconds: number;
  /** A new connection for each request. */
  readonly fresh: boolean;
}

/** What the client saw while it was measured. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const WARM_UP_MS = 500;
const BODY = JSON.stringify({ model: 'bench', max_tokens: 16, messages: [{ role: 'user', content: 'x'.repeat(256) }] });

async function measure(load: Load, started: () => void): Promise<LoadResult> {
  const times: number[] = [];
  let phase: 'warming' | 'measuring' | 'over' = 'warming';
  const request = requestBytes(load.route, load.fresh);
  const lane = async (): Promise<void> => {
    let connection = load.fresh ? undefined : await open(load.route);
    while (phase !== 'over') {
      const start = performance.now();
      connection ??= await open(load.route);
      await exchange(connection, request);
      if (phase === 'measuring') times.push(performance.now() - start);
      if (!load.fresh) continue;
      connection.destroy();
      connection = undefined;
    }
    connection?.destroy();
  };
  const lanes = Promise.all(Array.from({ length: load.connections }, lane));
  await Promise.race([lanes, pause(WARM_UP_MS)]);
  phase = 'measuring';
  started();
  const start = performance.now();
  await Promise.race([lanes, pause(load.seconds * 1000)]);
  const seconds = (performance.now() - start) / 1000;
  phase = 'over';
  const seen = times.length;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(seen - 1, Math.floor(seen * share))] ?? NaN;
  return { requests: seen, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function requestBytes(route: Route, fresh: boolean): Buffer {
  const head = [
    `POST ${route.path} HTTP/1.1`,
    `host: ${route.host}`,
    'x-api-key: placeholder',
    'user-agent: bench',
    'content-type: application/json',
    `content-length: ${BODY.length}`,
    ...(fresh ? ['connection: close'] : []),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${BODY}`);
}

/** Opens a connection as far as the upstream's application data. */
export async function open(route: Route): Promise<Socket> {
  const socket = dial({ host: route.address, port: route.port, noDelay: true });
  await event(socket, 'connect');
  if (route.connect !== undefined) {
    socket.write(`CONNECT ${route.connect} HTTP/1.1\r\nhost: ${route.connect}\r\n\r\n`);
    const head = await answerHead(socket);
    if (!/^HTTP\/1\.1 200/.test(head)) throw new Error(`CONNECT was answered: ${head.slice(0, 300)}`);
  }
  if (route.sni === undefined) return socket;
  // Who answers is the contenders' business here: the cost of the client isn't measured.
  const inner = secure({ socket, servername: route.sni, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  await event(inner, 'secureConnect');
  return inner;
}

function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(name, resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed before ${name}`)));
  });
}

function answerHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      socket.off('data', read);
      resolve(text);
    };
    socket.on('data', read);
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(text.slice(0, 300))}`)));
  });
}

/** One request and its whole answer; anything but 200 is an error. */
function exchange(socket: Socket, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (error?: Error): void => {
      socket.off('data', read);
      socket.off('close', closed);
      if (error) reject(error);
      else resolve();
    };
    const closed = (): void => finish(new Error(`closed in the middle of an answer: ${text.slice(0, 300)}`));
    const read = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      if (!head.startsWith('HTTP/1.1 200')) return finish(new Error(`expected 200, got ${text.slice(0, 400)}`));
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined ? text.length >= end + 4 + Number(length) : text.endsWith('\r\n0\r\n\r\n')) finish();
    };
    socket.on('data', read);
    socket.on('close', closed);
    socket.write(request);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (process.argv[2] !== undefined && process.send) {
  // The parent is this folder's `measure.ts`, which writes a Load.
  const load = JSON.parse(process.argv[2]) as Load;
  measure(load, () => process.send?.('started')).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
}
