import type * as net from 'node:net';
import { openRoute, type RawAnswer, type Route } from './raw-client';

/** A header field as it goes into the block: nothing is checked, lower-cased or put in order. */
export type Field = readonly [name: string, value: string];

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 32;
const TIMEOUT_MS = 5000;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** HEADER_TABLE_SIZE 0, so that an answer's block can be read without a table; ENABLE_PUSH 0. */
const OUR_SETTINGS = Buffer.from([0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);

interface Stream {
  status: number;
  body: string;
  readonly done: (answer: RawAnswer) => void;
}

/**
 * One HTTP/2 connection (RFC 9113) written frame by frame, so that a test may send what no library would: pseudo-headers
 * twice, out of order or missing, capitals, line breaks in a value. Reopens itself when the proxy has closed it.
 */
export class Http2Connection {
  private socket: net.Socket | undefined;
  private opening: Promise<net.Socket> | undefined;
  private received = Buffer.alloc(0);
  private next = 1;
  private readonly streams = new Map<number, Stream>();

  constructor(private readonly route: Route) {}

  /** Sends one request and resolves with its answer; status 0: the stream was reset or the connection closed. Never rejects. */
  async send(fields: readonly Field[], body: string | Buffer = ''): Promise<RawAnswer> {
    try {
      this.opening ??= this.open();
      this.socket = await this.opening;
    } catch (error) {
      this.opening = undefined;
      return { status: 0, head: '', body: String(error) };
    }
    const socket = this.socket;
    const id = this.next;
    this.next += 2;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(id, 'timed out'), TIMEOUT_MS);
      const done = (answer: RawAnswer) => (clearTimeout(timer), this.streams.delete(id), resolve(answer));
      this.streams.set(id, { status: 0, body: '', done });
      const block = Buffer.concat(fields.map(literal));
      const bytes = Buffer.from(body);
      socket.write(frame(HEADERS, END_HEADERS | (bytes.length === 0 ? END_STREAM : 0), id, block));
      for (let at = 0; at < bytes.length; at += 16384) {
        const last = at + 16384 >= bytes.length;
        socket.write(frame(DATA, last ? END_STREAM : 0, id, bytes.subarray(at, at + 16384)));
      }
    });
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
    this.opening = undefined;
  }

  private async open(): Promise<net.Socket> {
    const socket = await openRoute(this.route, ['h2']);
    this.next = 1;
    this.received = Buffer.alloc(0);
    const lost = () => {
      if (this.socket !== socket) return;
      this.opening = this.socket = undefined;
      for (const id of [...this.streams.keys()]) this.end(id, 'closed');
    };
    socket.on('data', (chunk) => this.receive(socket, chunk));
    socket.on('error', lost);
    socket.on('close', lost);
    socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, OUR_SETTINGS)]));
    return socket;
  }

  private receive(socket: net.Socket, chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= 9) {
      const length = this.received.readUIntBE(0, 3);
      if (this.received.length < 9 + length) return;
      const [type, flags] = [this.received[3] ?? 0, this.received[4] ?? 0];
      const id = this.received.readUInt32BE(5) & 0x7fffffff;
      const payload = this.received.subarray(9, 9 + length);
      this.received = this.received.subarray(9 + length);
      this.take(socket, type, flags, id, payload);
    }
  }

  private take(socket: net.Socket, type: number, flags: number, id: number, payload: Buffer): void {
    const stream = this.streams.get(id);
    if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
    if (type === PING && (flags & ACK) === 0) socket.write(frame(PING, ACK, 0, payload));
    if (type === RST_STREAM) this.end(id, `reset with ${payload.readUInt32BE(0)}`);
    if (type === GOAWAY) this.leave(payload);
    if (stream === undefined) return;
    if (type === HEADERS) stream.status = stream.status || statusOf(unpadded(flags, payload));
    if (type === DATA) {
      stream.body += unpadded(flags, payload).toString('latin1');
      const more = Buffer.alloc(4);
      more.writeUInt32BE(payload.length);
      if (payload.length > 0) socket.write(Buffer.concat([0, id].map((at) => frame(WINDOW_UPDATE, 0, at, more))));
    }
    if ((type === HEADERS || type === DATA) && (flags & END_STREAM) !== 0)
      stream.done({ status: stream.status, head: '', body: stream.body });
  }

  /** The other side takes no more; what it hasn't promised to answer is over. */
  private leave(payload: Buffer): void {
    const last = payload.readUInt32BE(0) & 0x7fffffff;
    const error = payload.readUInt32BE(4);
    this.opening = undefined;
    for (const id of [...this.streams.keys()]) if (error !== 0 || id > last) this.end(id, `gone with ${error}`);
  }

  private end(id: number, why: string): void {
    this.streams.get(id)?.done({ status: 0, head: '', body: why });
  }
}

function frame(type: number, flags: number, id: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK (RFC 7541): literal without indexing, new name, no Huffman code. */
function literal([name, value]: Field): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const length = bytes.length < 127 ? [bytes.length] : [127, ...varint(bytes.length - 127)];
  return Buffer.concat([Buffer.from(length), bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function unpadded(flags: number, payload: Buffer): Buffer {
  const padding = (flags & PADDED) === 0 ? 0 : (payload[0] ?? 0) + 1;
  const from = ((flags & PADDED) === 0 ? 0 : 1) + ((flags & PRIORITY) === 0 ? 0 : 5);
  return payload.subarray(from, payload.length - Math.max(padding - 1, 0));
}

const STATUS = [200, 204, 206, 304, 400, 404, 500];
const DIGITS = ['00000', '00001', '00010', '011001', '011010', '011011', '011100', '011101', '011110', '011111'];

/** `:status` of a block that was made without a table; it comes first. */
function statusOf(block: Buffer): number {
  let at = 0;
  while (((block[at] ?? 0) & 0xe0) === 0x20) at++;
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) return STATUS[(first & 0x7f) - 8] ?? 0;
  const length = block[at + 1] ?? 0;
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f));
  if ((length & 0x80) === 0) return Number(value.toString('latin1'));
  let bits = [...value].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let status = '';
  while (status.length < 3) {
    const digit = DIGITS.findIndex((code) => bits.startsWith(code));
    if (digit < 0) return 0;
    status += digit;
    bits = bits.slice(DIGITS[digit]?.length);
  }
  return Number(status);
}
