import * as tls from 'node:tls';
import type { RawAnswer } from '../equivalence/raw-client';
import { PROXY_ADDRESS } from '../equivalence/world';
import { A, B } from './authority-cases';
import { bytesOf, type Outcome, type Proxy } from './world';

export const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/** A session of A, offered again to A (which proves that it is worth something) and to B; hosts may share a certificate. */
export interface Resumed {
  readonly isReusedByA: boolean;
  readonly isReusedByB: boolean;
  /** Requests for either on the connection to B. */
  readonly forA: Outcome;
  readonly forB: Outcome;
}

export async function observeResumed(proxy: Proxy): Promise<Record<string, Resumed>> {
  const seen: Record<string, Resumed> = {};
  for (const version of VERSIONS) seen[version] = await resume(proxy, version);
  return seen;
}

async function resume(proxy: Proxy, version: tls.SecureVersion): Promise<Resumed> {
  const options = {
    host: PROXY_ADDRESS,
    port: 443,
    rejectUnauthorized: false,
    minVersion: version,
    maxVersion: version,
  };
  const first = tls.connect({ ...options, servername: A });
  const issued = new Promise<Buffer>((resolve) => first.once('session', resolve));
  await proxy.watch(() => exchange(first, A));
  const session = await issued;
  const reused = new Map<string, boolean>();
  const ask = (servername: string, authority: string) =>
    proxy.watch(() => {
      const socket = tls.connect({ ...options, servername, session });
      socket.once('secureConnect', () => reused.set(servername, socket.isSessionReused()));
      return exchange(socket, authority);
    });
  await ask(A, A);
  const [forA, forB] = [await ask(B, A), await ask(B, B)];
  return { isReusedByA: reused.get(A) === true, isReusedByB: reused.get(B) === true, forA, forB };
}

/** Sends one request and reads until its answer's head is there. */
function exchange(socket: tls.TLSSocket, authority: string): Promise<RawAnswer> {
  let text = '';
  socket.write(bytesOf({ host: A, authority }));
  return new Promise((resolve) => {
    const end = () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      socket.destroy();
      resolve({ status: Number(head.split(' ')[1] ?? 0), head, body });
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) end();
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}
