/** A tiny authoritative DNS server, UDP and TCP, that writes down every question. RFC 1035; A and AAAA only. */
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import type { Recorder } from './record';

const A = 1;
const AAAA = 28;
const NO_SUCH_NAME = 3;

/** Lower-case name → its addresses, IPv4 and IPv6 mixed. */
export type Zone = ReadonlyMap<string, readonly string[]>;

/** Answers from `zone` on `address:53`; any other name doesn't exist. `zone` is read at each question. */
export async function serveDns(address: string, zone: () => Zone, record: Recorder): Promise<void> {
  const answer = (question: Buffer, from: string, over: 'udp' | 'tcp'): Buffer | undefined => {
    const asked = parseQuestion(question);
    if (!asked) return undefined;
    record.add({ kind: 'dns', name: asked.name, type: asked.type, over, from });
    return reply(question, asked, zone().get(asked.name));
  };
  const udp = dgram.createSocket('udp4');
  udp.on('message', (message, { address: from, port }) => {
    const response = answer(message, from, 'udp');
    if (response) udp.send(response, port, from);
  });
  const tcp = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const response = answer(data.subarray(2), socket.remoteAddress ?? '', 'tcp');
      if (!response) return socket.destroy();
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      return socket.write(Buffer.concat([length, response]));
    });
  });
  await new Promise<void>((resolve) => udp.bind(53, address, resolve));
  await new Promise<void>((resolve) => tcp.listen(53, address, resolve));
}

interface Question {
  readonly name: string;
  readonly type: number;
  /** Offset of the first byte after the question. */
  readonly end: number;
}

function parseQuestion(message: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = 12;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(message.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > message.length) return undefined;
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at), end: at + 4 };
}

function reply(question: Buffer, { type, end }: Question, addresses: readonly string[] | undefined): Buffer {
  const wanted = (addresses ?? []).filter((address) => (net.isIPv6(address) ? AAAA : A) === type);
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | (addresses ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(wanted.length, 6);
  return Buffer.concat([header, question.subarray(12, end), ...wanted.map((address) => record(type, address))]);
}

/** The name is a pointer to the question; the time to live is one second, so that a test may change its mind. */
function record(type: number, address: string): Buffer {
  const data = type === AAAA ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, data.length]);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const [left = '', right = ''] = address.split('::');
  const groups = (part: string) => part.split(':').filter(Boolean);
  const missing = 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(address.includes('::') ? missing : 0).fill('0'), ...groups(right)];
  return Buffer.from(all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]));
}
