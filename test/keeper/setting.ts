import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as https from 'node:https';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KeeperManifest, KeeperSource } from '../../lib/envoy';
import { Authority } from '../../lib/keeper/authority';
import type { Clock } from '../../lib/keeper/keeper';

/** What a test must end, newest first. */
export const endings: (() => void | Promise<void>)[] = [];

export async function endAll(): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end();
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keeper-'));
  endings.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A clock that moves only when told. */
export class HandClock implements Clock {
  private readonly beats = new Set<() => void>();

  constructor(private time = Date.parse('2026-11-24T10:00:00Z')) {}

  now(): number {
    return this.time;
  }

  every(_milliseconds: number, beat: () => void): () => void {
    this.beats.add(beat);
    return () => this.beats.delete(beat);
  }

  /** Moves on and beats once. */
  advance(seconds: number): void {
    this.time += seconds * 1000;
    for (const beat of this.beats) beat();
  }
}

/** Waits for it to hold, twenty seconds at most unless told, so that a busy machine fails nothing. */
export async function until(holds: () => boolean, what: string, limit = 20_000): Promise<void> {
  const end = Date.now() + limit;
  // At least one pause: what was logged on the way is then also finished.
  do {
    await pause(5);
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
  } while (!holds());
}

/** A manifest with one credential `one`, and no leaf or authority unless given. */
export function manifestOf(credential: KeeperSource, more: Partial<KeeperManifest> = {}): KeeperManifest {
  const credentials = [{ id: 'one', file: 'credentials/one/value', credential }];
  return { version: 1, policy: 'ab'.repeat(32), credentials, leaves: [], authorities: [], ...more };
}

/** What a stand-in token server was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

/** A token server on loopback; TLS by an authority of the test's own unless `secure` is false. */
export async function tokenServer(
  answer: (asked: Asked) => Answer | Promise<Answer>,
  { secure = true, host = 'localhost' }: { secure?: boolean; host?: string } = {},
): Promise<{ url: string; roots: string[]; asked: Asked[] }> {
  const authority = Authority.create(Date.now());
  const leaf = authority.leaf([host], Date.now());
  const asked: Asked[] = [];
  const serve: http.RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      asked.push(seen);
      void Promise.resolve(answer(seen)).then(({ status = 200, headers = {}, body }) =>
        response.writeHead(status, headers).end(body),
      );
    });
  };
  const server = secure
    ? https.createServer({ cert: leaf.certificate, key: leaf.key }, serve)
    : http.createServer(serve);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  // A listening TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return { url: `${secure ? 'https' : 'http'}://localhost:${port}`, roots: [authority.certificate], asked };
}

/** A file of PEM certificates, as `--public-roots` takes it. */
export function bundleFile(pems: readonly string[]): string {
  const path = join(temporaryDirectory(), 'roots.pem');
  writeFileSync(path, pems.join('\n'));
  return path;
}

export function rsaPem(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();
}
