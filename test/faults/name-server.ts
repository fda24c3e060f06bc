import * as dgram from 'node:dgram';
import * as net from 'node:net';

const A = 1;
const AAAA = 28;

/** A DNS server whose answers a test sets, name by name; every other name is at `elsewhere`. */
export class NameServer {
  /** Addresses, IPv4 and IPv6, by name. */
  readonly answers = new Map<string, readonly string[]>();
  /** How long an answer may be kept; short, so that a rebind is seen at once. */
  ttlSeconds = 1;
  private readonly socket = dgram.createSocket('udp4');

  constructor(private readonly elsewhere: string) {
    this.socket.on('message', (query, peer) => this.socket.send(this.answer(query), peer.port, peer.address));
  }

  listen(port: number, address: string): Promise<void> {
    return new Promise((resolve) => this.socket.bind(port, address, resolve));
  }

  close(): void {
    this.socket.close();
  }

  private answer(query: Buffer): Buffer {
    const end = query.indexOf(0, 12) + 5;
    const question = query.subarray(12, end);
    const type = question.readUInt16BE(question.length - 4);
    const family = type === A ? 4 : type === AAAA ? 6 : 0;
    const records = (this.answers.get(nameOf(question)) ?? [this.elsewhere])
      .filter((address) => net.isIP(address) === family)
      .map((address) => record(type, this.ttlSeconds, bytesOf(address)));
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, records.length, 0, 0, 0, 0]);
    return Buffer.concat([head, question, ...records]);
  }
}

function nameOf(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 0, length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return labels.join('.').toLowerCase();
}

function record(type: number, ttlSeconds: number, address: readonly number[]): Buffer {
  return Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, ttlSeconds, 0, address.length, ...address]);
}

function bytesOf(address: string): number[] {
  if (net.isIPv4(address)) return address.split('.').map(Number);
  const [front = '', back = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [first, last] = [groups(front), groups(back)];
  const middle = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return [...first, ...middle, ...last].flatMap((group) => [group >> 8, group & 0xff]);
}
