import { randomBytes } from 'node:crypto';
import * as net from 'node:net';
import type { Route } from '../equivalence/raw-client';

const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
const X25519 = [0, 29];

/** A TLS 1.3 ClientHello (RFC 8446) in one record. `serverName` undefined: none; `encrypted`: with an encrypted inner hello (RFC 9849). */
export function clientHello(serverName: string | undefined, encrypted = false): Buffer {
  const extensions = [
    ...(serverName === undefined
      ? []
      : [extension(SERVER_NAME, vector(2, Buffer.from([0]), vector(2, ascii(serverName))))]),
    extension(SUPPORTED_GROUPS, vector(2, Buffer.from(X25519))),
    extension(SIGNATURE_ALGORITHMS, vector(2, Buffer.from([4, 3, 8, 4, 4, 1]))),
    extension(SUPPORTED_VERSIONS, vector(1, Buffer.from([3, 4]))),
    extension(KEY_SHARE, vector(2, Buffer.from(X25519), vector(2, randomBytes(32)))),
    ...(encrypted ? [extension(ENCRYPTED_CLIENT_HELLO, outerHello())] : []),
  ];
  const hello = Buffer.concat([
    Buffer.from([3, 3]),
    randomBytes(32),
    vector(1, randomBytes(32)),
    vector(2, Buffer.from([0x13, 1, 0x13, 2, 0x13, 3])),
    vector(1, Buffer.from([0])),
    vector(2, ...extensions),
  ]);
  return Buffer.concat([Buffer.from([22, 3, 1]), vector(2, Buffer.from([1]), vector(3, hello))]);
}

/** Writes bytes and tells what came back first: `served`, a TLS handshake record; `refused`, an alert or the end. */
export async function greet(route: Route, hello: Buffer, piece = hello.length): Promise<'served' | 'refused'> {
  const socket = net.connect(route.port, route.address).setNoDelay(true);
  const answer = new Promise<Buffer>((resolve) => {
    socket.once('data', resolve);
    socket.once('close', () => resolve(Buffer.alloc(0)));
    socket.once('error', () => resolve(Buffer.alloc(0)));
  });
  for (let at = 0; at < hello.length; at += piece) {
    socket.write(hello.subarray(at, at + piece));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const first = await answer;
  socket.destroy();
  return first[0] === 22 ? 'served' : 'refused';
}

/** Cipher suite HKDF-SHA256 with AES-128-GCM, a key that is shared with nobody, and bytes nobody can read. */
function outerHello(): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 66]), vector(2, randomBytes(32)), vector(2, randomBytes(239))]);
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(2, body)]);
}

function vector(lengthBytes: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(body.length, 0, lengthBytes);
  return Buffer.concat([length, body]);
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
