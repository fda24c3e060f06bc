import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Lab } from '../faults/lab';
import { prefixOf, WAYS } from '../faults/ways';
import { PROXY_ADDRESS } from '../equivalence/world';
import { clientHello, greet } from './client-hello';
import { raiseOrigin, withProxy, type Ask, type Outcome } from './world';

const GOOD = 'good.up.example';
export const SECRET = 'canary-log-0123456789';
export const HIDDEN = 'hidden-in-query-0123456789';
const FORGED = '","decision":"allow","reason":"forged"}\n{"decision":"allow","reason":"forged"}';

const SETTING = {
  document: {
    policy: 1,
    name: 'log',
    upstreams: [
      { host: GOOD, ca: 'lab', prefix: prefixOf(GOOD), credential: { bearer: 'key' }, rules: ['GET /v1/**'] },
    ],
  },
  secrets: new Map([['key', SECRET]]),
  ready: { host: GOOD },
};

/** Texts that a field of the log could be broken with, by what they are. */
const NASTY: Readonly<Record<string, string>> = {
  'a forged record': FORGED,
  quotes: '"x"',
  'a backslash and a quote': '\\"x\\',
  braces: '{"a":1}',
  'a line break': 'a\nb',
  'a carriage return': 'a\r\nb',
  escape: 'a\x1b[31mred',
  'a zero byte': 'a\0b',
  'bytes that are no UTF-8': 'a\xff\xfe\xc0b',
  'two bytes of UTF-8': 'a\xc3\xa9b',
  'a line separator': 'a\xe2\x80\xa8b',
  'a command of Envoy': '%REQUEST_HEADER(AUTHORIZATION)%',
  'ten thousand letters': 'x'.repeat(10_000),
};

const raw = (ask: Ask, text: string): Ask => ({ ...ask, raw: text });

/** One request for each text in each place an agent can write, over each way. */
export const FORGERIES: Readonly<Record<string, Ask>> = Object.fromEntries(
  Object.entries(NASTY).flatMap(([what, text]): [string, Ask][] => [
    ...WAYS.flatMap((way): [string, Ask][] => {
      const base: Ask = { host: GOOD, way };
      const prefix = way === 'gateway' ? prefixOf(GOOD) : '';
      const host = way === 'gateway' ? 'proxy.example' : GOOD;
      return [
        [`${what} in the path, ${way}`, raw(base, `GET ${prefix}/v1/${text} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)],
        [`${what} in the method, ${way}`, raw(base, `GET${text} ${prefix}/v1/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`)],
        [`${what} in the Host, ${way}`, raw(base, `GET ${prefix}/v1/a HTTP/1.1\r\nHost: ${host}${text}\r\n\r\n`)],
        [
          `${what} in the query, ${way}`,
          raw(base, `GET ${prefix}/v1/a?${HIDDEN}=${text} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
        ],
        [
          `${what} in a header, ${way}`,
          raw(base, `GET ${prefix}/v1/a HTTP/1.1\r\nHost: ${host}\r\nX-A: ${text}\r\nX-Request-Id: ${text}\r\n\r\n`),
        ],
      ];
    }),
    [`${what} in an HTTP/2 path`, { host: GOOD, http: 2, target: `/v1/${text}` }],
    [`${what} in an HTTP/2 authority`, { host: GOOD, http: 2, authority: text }],
    [
      `${what} in the target of a CONNECT`,
      raw({ host: GOOD, way: 'gateway', port: 3128 }, `CONNECT ${text}:443 HTTP/1.1\r\nHost: x\r\n\r\n`),
    ],
  ]),
);

export interface LogObservations {
  /** What is wrong with what was logged, by forgery; lines of a good log are whole objects with a decision. */
  readonly faults: Readonly<Record<string, string>>;
  readonly forgeries: number;
  /** Everything the proxy ever logged. */
  readonly text: string;
  readonly errors: string;
  /** A TLS name with each text in it. */
  readonly names: Readonly<Record<string, Outcome>>;
  readonly tunnel: Outcome;
  readonly heldTunnel: Outcome;
  readonly alive: Outcome;
}

export async function observe(lab: Lab): Promise<LogObservations> {
  const origin = await raiseOrigin(lab, [GOOD]);
  const seen = await withProxy(lab, origin, SETTING, async (proxy) => {
    const faults: Record<string, string> = {};
    for (const [name, ask] of Object.entries(FORGERIES)) {
      const fault = faultOf(await proxy.ask(ask));
      if (fault !== undefined) faults[name] = fault;
      await proxy.settle();
    }
    const names: Record<string, Outcome> = {};
    for (const [what, text] of Object.entries(NASTY)) {
      const hello = clientHello(`${text.slice(0, 200)}.example`);
      const route = { address: PROXY_ADDRESS, port: 443 };
      names[what] = await proxy.watch(async () => ({ status: 0, head: '', body: await greet(route, hello) }));
    }
    const connect: Ask = { host: GOOD, way: 'gateway', port: 3128 };
    const tunnel = await proxy.ask(raw(connect, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'));
    const heldTunnel = await proxy.ask({ host: GOOD, way: 'connect', serverName: 'evil.example' });
    await proxy.settle();
    const alive = await proxy.ask({
      host: GOOD,
      target: `/v1/a?${HIDDEN}=1`,
      headers: [['authorization', 'Bearer foreign-0123456789']],
    });
    const read = (name: string) => fs.readFileSync(path.join(proxy.lab.directory, name), 'utf8');
    return { faults, names, tunnel, heldTunnel, alive, text: read('requests.jsonl'), errors: read('envoy.err') };
  });
  origin.close();
  return { ...seen, forgeries: Object.keys(FORGERIES).length };
}

/** `takeLog` has parsed every line already: a broken one throws. */
function faultOf({ log, status, arrivals }: Outcome): string | undefined {
  // A line break ends a request line or begins a second request: each part of it has its own line.
  if (log.length === 0) return `no line for status ${status}`;
  if (log.some(({ reason }) => reason === 'forged')) return 'a forged line';
  const passed = log.filter(({ decision }) => decision === 'allow').length;
  return passed === arrivals.length ? undefined : `${passed} lines allow, ${arrivals.length} arrived`;
}
