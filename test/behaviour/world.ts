import * as fs from 'node:fs';
import * as path from 'node:path';
import { Http2Connection, type Field } from '../equivalence/http2-client';
import { RawConnection, type RawAnswer, type Route } from '../equivalence/raw-client';
import { PROXY_ADDRESS } from '../equivalence/world';
import { pause, until, type Lab, type LabOptions, type LabProxy, type Secrets } from '../faults/lab';
import { prefixOf, type Way } from '../faults/ways';
import { Origin, type Arrival } from './origin';

/** One line of the proxy's request log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** One request; every part that is left out is that of an honest client. */
export interface Ask {
  readonly host: string;
  /** @default 'transparent' */
  readonly way?: Way;
  /** @default 1 */
  readonly http?: 1 | 2;
  /** @default 'GET' */
  readonly method?: string;
  /** @default '/v1/messages' */
  readonly target?: string;
  readonly headers?: readonly Field[];
  /** Sent with its length, or in chunks when it is a list. @default - none */
  readonly body?: string | Buffer | readonly string[];
  /** `Host`, or `:authority`; null: not sent. @default - that of `host` */
  readonly authority?: string | null;
  /** @default - that of `host` */
  readonly serverName?: string;
  /** Target of the CONNECT. @default - that of `host` */
  readonly connect?: string;
  /** @default 443 */
  readonly port?: number;
  /** HTTP/1.1: all that is written, in place of everything above. */
  readonly raw?: string;
  /** HTTP/2: all the fields, in place of method, target, authority and headers. */
  readonly fields?: readonly Field[];
  /** Address the client comes from. @default - the kernel's choice */
  readonly from?: string;
}

/** What came of one request: the agent's answer, all that arrived outside meanwhile, and what the log says of it. */
export interface Outcome {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** `reason` of a refusal's JSON body. */
  readonly reason?: string;
  readonly arrivals: readonly Arrival[];
  readonly dialled: readonly string[];
  readonly log: readonly LogLine[];
}

const LOG_MS = 1500;
const ACT_MS = 30_000;
const ANSWER_MS = 150;
const NO_ANSWER: RawAnswer = { status: 0, head: '', body: '' };

/** A proxy under test, with the outside that records. Requests are asked one after the other. */
export class Proxy {
  private readBytes = 0;

  constructor(
    readonly lab: LabProxy,
    readonly origin: Origin,
  ) {}

  /** Asks, waits for the log's line, and tells what happened. */
  ask(ask: Ask): Promise<Outcome> {
    return this.watch((given) => send(ask, given));
  }

  /** The same for anything that a client may do, until it is given up. `lines`: log lines to wait for. */
  async watch(act: (givenUp: AbortSignal) => Promise<RawAnswer>, lines = 1): Promise<Outcome> {
    const { arrivals, dialled } = this.origin;
    const [arrived, called] = [arrivals.length, dialled.length];
    this.takeLog();
    const log: LogLine[] = [];
    const given = new AbortController();
    let answer: RawAnswer | undefined;
    const acted = act(given.signal).then((got) => void (answer ??= got));
    const isLogged = () => log.push(...this.takeLog()) >= lines;
    await until(() => isLogged() || answer !== undefined, ACT_MS);
    // Envoy keeps a connection it is done with for another second: what is logged and not answered by then never is.
    await Promise.race([acted, pause(ANSWER_MS)]);
    answer ??= NO_ANSWER;
    given.abort();
    await until(isLogged, LOG_MS);
    return {
      ...answer,
      ...reasonOf(answer.body),
      arrivals: structuredClone(arrivals.slice(arrived)),
      dialled: dialled.slice(called),
      log,
    };
  }

  /** Lines since the last call. */
  takeLog(): LogLine[] {
    const text = fs.readFileSync(path.join(this.lab.directory, 'requests.jsonl')).subarray(this.readBytes);
    const end = text.lastIndexOf(10) + 1;
    this.readBytes += end;
    const lines = text.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
    // One object a line: that this parses is part of what is tested.
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits until nothing is written any more and forgets it. */
  async settle(): Promise<void> {
    do await pause(40);
    while (this.takeLog().length > 0);
  }
}

/** Runs `use` with a proxy of this policy, and ends it. `edit`: a mutation of the bootstrap. */
export async function withProxy<T>(
  lab: Lab,
  origin: Origin,
  setting: {
    readonly document: unknown;
    readonly secrets?: Secrets;
    readonly edit?: (bootstrap: unknown) => void;
    readonly options?: LabOptions;
    /** A host that must answer 200 before it begins: credentials are polled. @default - no waiting */
    readonly ready?: Ask;
  },
  use: (proxy: Proxy) => Promise<T>,
): Promise<T> {
  const { document, secrets = new Map<string, string>(), edit, options, ready } = setting;
  const running = await lab.start(document, secrets, edit, options);
  try {
    const proxy = new Proxy(running, origin);
    if (ready !== undefined) {
      await until(async () => (await send(ready)).status === 200, 6000);
      // Its line must be there before the first case, or it is taken for that case's own.
      await until(() => proxy.takeLog().some(({ decision }) => decision === 'allow'), 6000);
    }
    await proxy.settle();
    return await use(proxy);
  } finally {
    await running.stop();
  }
}

/** An origin for these names on the lab's network, certified by the lab's authority. */
export async function raiseOrigin(
  lab: Lab,
  names: readonly string[],
  addresses: readonly string[] = [],
): Promise<Origin> {
  await lab.raise(addresses);
  const certificate = lab.authority.issue(names);
  const origin = new Origin(Object.fromEntries(names.map((name) => [name, certificate])));
  await origin.listen();
  return origin;
}

/** One request on a connection of its own. @default givenUp - never */
export async function send(ask: Ask, givenUp?: AbortSignal): Promise<RawAnswer> {
  const route = routeTo(ask);
  const connection = ask.http === 2 ? new Http2Connection(route) : new RawConnection(route);
  givenUp?.addEventListener('abort', () => connection.close());
  const answer =
    connection instanceof Http2Connection
      ? await connection.send(ask.fields ?? fieldsOf(ask), bodyOf(ask))
      : await connection.send(bytesOf(ask));
  connection.close();
  return { ...answer, body: dechunked(answer.head, answer.body) };
}

/** Where to connect for one way in. */
export function routeTo(ask: Ask): Route {
  const { host, way = 'transparent', port = 443, serverName = host, from } = ask;
  const local = from === undefined ? {} : { from };
  if (way === 'gateway') return { address: PROXY_ADDRESS, port: ask.port ?? 8080, ...local };
  if (way === 'transparent') return { address: PROXY_ADDRESS, port, serverName, ...local };
  return { address: PROXY_ADDRESS, port: 3128, connect: ask.connect ?? `${host}:${port}`, serverName, ...local };
}

/** The request as HTTP/1.1 bytes. */
export function bytesOf(ask: Ask): Buffer {
  if (ask.raw !== undefined) return Buffer.from(ask.raw, 'latin1');
  const authority = ask.authority === undefined ? authorityOf(ask) : ask.authority;
  const { body } = ask;
  const lines = [
    `${ask.method ?? 'GET'} ${targetOf(ask)} HTTP/1.1`,
    ...(authority === null ? [] : [`Host: ${authority}`]),
    ...(ask.headers ?? []).map(([name, value]) => `${name}: ${value}`),
    ...(typeof body === 'string' || Buffer.isBuffer(body) ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
    ...(Array.isArray(body) ? ['Transfer-Encoding: chunked'] : []),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (!Array.isArray(body)) return Buffer.concat([head, bodyOf(ask)]);
  const chunks = body.map((chunk: string) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  return Buffer.concat([head, Buffer.from(`${chunks.join('')}0\r\n\r\n`, 'latin1')]);
}

/** The request as HTTP/2 fields. */
export function fieldsOf(ask: Ask): readonly Field[] {
  const authority = ask.authority === undefined ? authorityOf(ask) : ask.authority;
  return [
    [':method', ask.method ?? 'GET'],
    [':scheme', ask.way === 'gateway' ? 'http' : 'https'],
    ...(authority === null ? [] : [[':authority', authority] as const]),
    [':path', targetOf(ask)],
    ...(ask.headers ?? []).map(([name, value]) => [name.toLowerCase(), value] as const),
  ];
}

function targetOf({ way, host, target = '/v1/messages' }: Ask): string {
  return way === 'gateway' ? prefixOf(host) + target : target;
}

function authorityOf({ way, host, port = 443 }: Ask): string {
  if (way === 'gateway') return 'proxy.example';
  return port === 443 ? host : `${host}:${port}`;
}

function bodyOf({ body = '' }: Ask): Buffer {
  return typeof body === 'string'
    ? Buffer.from(body, 'latin1')
    : Buffer.isBuffer(body)
      ? body
      : Buffer.from(body.join(''));
}

function dechunked(head: string, body: string): string {
  return /\r\ntransfer-encoding: chunked/i.test(head) ? body.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '') : body;
}

function reasonOf(body: string): { readonly reason?: string } {
  try {
    const value: unknown = JSON.parse(body);
    const reason: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'reason') : undefined;
    return typeof reason === 'string' ? { reason } : {};
  } catch {
    return {};
  }
}
