import * as fs from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { withoutFilters } from '../faults/bootstrap-edit';
import { until, type Lab } from '../faults/lab';
import { prefixOf, WAYS, type Way } from '../faults/ways';
import { openRoute } from '../equivalence/raw-client';
import { bytesOf, raiseOrigin, routeTo, withProxy, type Ask, type Outcome, type Proxy } from './world';

export const SECRETS = {
  plain: 'canary-scrub-0123456789',
  /** Every suffix of it is a prefix of it. */
  same: 'a'.repeat(24),
  other: 'canary-other-9876543210',
} as const;
type Label = keyof typeof SECRETS;
export const EVENTS = 3;
const EVENT_MS = 2500;
export const HUGE_BYTES = 200 << 20;

const host = (label: string) => `${label}.up.example`;
const SETTING = {
  document: {
    policy: 1,
    name: 'scrub',
    upstreams: Object.keys(SECRETS).map((label) => ({
      host: host(label),
      ca: 'lab',
      prefix: prefixOf(host(label)),
      credential: { bearer: label },
      rules: ['GET /**'],
    })),
  },
  secrets: new Map<string, string>(Object.entries(SECRETS)),
  ready: { host: host('other') },
};

/** What a host answers, by the path asked. `secret`: what it was given, without `Bearer`. */
const ANSWERS: Readonly<
  Record<string, (response: ServerResponse, secret: string, request: IncomingMessage) => unknown>
> = {
  length: (response, secret) => {
    const text = `you sent ${secret}, yes ${secret}.`;
    response.writeHead(200, { 'content-length': text.length }).end(text);
  },
  error: (response, secret) => compressed(response, 500, secret),
  gzip: (response, secret) => compressed(response, 200, secret),
  trailers: (response, secret) => {
    response.writeHead(200, { trailer: 'x-echo' });
    response.write('body');
    response.addTrailers({ 'x-echo': `you sent ${secret}` });
    response.end();
  },
  split: async (response, secret, request) => {
    response.socket?.setNoDelay(true);
    const at = Number(request.url?.split('/').at(-1));
    const text = `<${secret}>`;
    response.writeHead(200, { 'content-length': text.length });
    response.write(text.slice(0, at));
    await wait(8);
    response.end(text.slice(at));
  },
  events: async (response, secret) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let sent = 0; sent < EVENTS; sent++) {
      response.write(`data: ${sent} ${Date.now()} ${secret}\n\n`);
      await wait(EVENT_MS);
    }
    response.end();
  },
  foreign: (response) => response.end(`${SECRETS.plain} ${SECRETS.other}`),
  huge: (response, secret) => huge(response, secret),
};

export interface ScrubObservations {
  /** By `label path`, and by `label split N`. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** By way: milliseconds from an event's start at the host to the agent, and all that came. */
  readonly events: Readonly<Record<string, { readonly text: string; readonly lateMs: readonly number[] }>>;
  readonly huge: { readonly bytes: number; readonly leaked: boolean; readonly grownBytes: number };
  readonly without: Readonly<Record<string, Outcome>>;
}

export const SPLITS = (label: Label) => Array.from({ length: SECRETS[label].length + 1 }, (_, index) => index + 1);
export const PATHS = ['length', 'gzip', 'error', 'trailers', 'foreign'] as const;

export async function observe(lab: Lab): Promise<ScrubObservations> {
  const hosts = Object.keys(SECRETS).map(host);
  const origin = await raiseOrigin(lab, hosts);
  for (const name of hosts)
    origin.responds.set(name, (request, _body, response) => {
      const [, kind = ''] = (request.url ?? '').split('/');
      const secret = String(request.headers.authorization).split(' ').at(-1) ?? '';
      return (ANSWERS[kind] ?? ((answer: ServerResponse) => answer.end('ok')))(response, secret, request);
    });
  const seen = await withProxy(lab, origin, SETTING, async (proxy) => ({
    outcomes: await every(proxy),
    events: Object.fromEntries(await Promise.all(WAYS.map(async (way) => [way, await events(way)] as const))),
    huge: await drink(proxy),
  }));
  const edit = (bootstrap: unknown) => withoutFilters(bootstrap, 'Lua', ({ name }) => name === 'scrub');
  const without = await withProxy(lab, origin, { ...SETTING, edit }, every);
  origin.close();
  return { ...seen, without };
}

async function every(proxy: Proxy): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  const ask = (label: Label, target: string) => proxy.ask({ host: host(label), target: `/${target}` });
  for (const label of ['plain', 'same', 'other'] as const)
    for (const kind of PATHS) outcomes[`${label} ${kind}`] = await ask(label, kind);
  for (const label of ['plain', 'same'] as const)
    for (const at of SPLITS(label)) outcomes[`${label} split ${at}`] = await ask(label, `split/${at}`);
  return outcomes;
}

/** Compressed though the proxy asked for `identity`. */
function compressed(response: ServerResponse, status: number, secret: string): void {
  const bytes = gzipSync(`you sent ${secret}`);
  response.writeHead(status, { 'content-encoding': 'gzip', 'content-length': bytes.length }).end(bytes);
}

async function huge(response: ServerResponse, secret: string): Promise<void> {
  const block = Buffer.from(`${secret} `.repeat(Math.ceil((1 << 20) / (secret.length + 1)))).subarray(0, 1 << 20);
  response.writeHead(200, { 'content-length': HUGE_BYTES });
  for (let sent = 0; sent < HUGE_BYTES; sent += block.length)
    if (!response.write(block)) await new Promise((resolve) => response.once('drain', resolve));
  response.end();
}

async function events(way: Way): Promise<{ text: string; lateMs: number[] }> {
  const ask: Ask = { host: host('plain'), way, target: '/events', headers: [['Connection', 'close']] };
  const socket = await openRoute(routeTo(ask));
  let text = '';
  const lateMs: number[] = [];
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (const [, sentAt] of [...text.matchAll(/data: \d (\d+) \S+\n\n/g)].slice(lateMs.length))
        lateMs.push(Date.now() - Number(sentAt));
    });
    socket.on('close', resolve);
    socket.write(bytesOf(ask));
  });
  return { text, lateMs };
}

/** Reads the huge answer, and what the proxy's memory grew by at most meanwhile. */
async function drink(proxy: Proxy): Promise<ScrubObservations['huge']> {
  const ask: Ask = { host: host('plain'), target: '/huge', headers: [['Connection', 'close']] };
  const socket = await openRoute(routeTo(ask));
  const before = resident(proxy);
  let [bytes, most, leaked, tail] = [0, before, false, ''];
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    const text = tail + chunk.toString('latin1');
    leaked ||= text.includes(SECRETS.plain);
    tail = text.slice(-SECRETS.plain.length);
  });
  socket.write(bytesOf(ask));
  const sample = () => {
    most = Math.max(most, resident(proxy));
    return socket.destroyed;
  };
  await until(sample, 60_000);
  return { bytes, leaked, grownBytes: most - before };
}

function resident(proxy: Proxy): number {
  const status = fs.readFileSync(`/proc/${proxy.lab.envoy.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
