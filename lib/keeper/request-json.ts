import { lookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { KeeperError, told } from './keeper-error';

/** A secret of 64 KiB, each of whose bytes JSON writes as two, fits. */
const LARGEST_JSON = 262_144;

/** How the keeper reaches other servers. */
export interface Reach {
  /** PEM roots that TLS servers are verified against, as they are now. */
  roots(): readonly string[];
  readonly signal: AbortSignal;
  /** Where servers stand; tests put loopback servers here. @default - the real ones */
  readonly servers?: Servers;
}

/** Takes the place of the real servers. */
export interface Servers {
  /** @default 'https://api.github.com' */
  readonly github?: string;
  /** @default 'http://metadata.google.internal' */
  readonly metadata?: string;
  /** @default 'https://secretmanager.googleapis.com' */
  readonly secretManager?: string;
  /** Takes the place of every rule on addresses. @default - the rule of each request */
  readonly allowed?: (address: string) => boolean;
  /** Milliseconds a whole exchange may take. @default 10000 */
  readonly deadline?: number;
}

/** One request. */
export interface JsonRequest {
  /** @default - GET, or POST when there is a body */
  readonly body?: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the name may resolve to. */
  readonly allowed: (address: string) => boolean;
  /** Whether a refusal says that the secret is gone. @default - never */
  readonly closes?: (status: number, json: Json) => boolean;
  /** Bytes of the largest answer. @default 262144 */
  readonly largest?: number;
}

export type Json = Readonly<Record<string, unknown>>;

/** What came back. */
export interface JsonAnswer {
  readonly headers: http.IncomingHttpHeaders;
  readonly json: Json;
}

/** Sends it and reads a JSON object. Throws as `requestText` does. */
export async function requestJson(request: JsonRequest, reach: Reach): Promise<JsonAnswer> {
  const { headers, text } = await requestText(request, reach);
  const json = parseObject(text);
  if (json !== undefined) return { headers, json };
  const { host } = new URL(request.url);
  throw new KeeperError(`${host}: expected a JSON object, got something else (not shown)`, 'answer-malformed');
}

/**
 * Sends it and reads a text. No redirect is followed (it would carry the secret to a place nobody named), no environment
 * proxy is used, size and time are bounded. Throws `KeeperError` that names the host and never quotes either side.
 */
export async function requestText(request: JsonRequest, reach: Reach): Promise<RawAnswer> {
  const { host } = new URL(request.url);
  const { deadline = 10_000 } = reach.servers ?? {};
  const over = new AbortController();
  const end = () => over.abort();
  // Not `AbortSignal.any` of a timeout: Node loses that timeout to a garbage collection, and waits for ever (docs/traps.md).
  const timer = setTimeout(end, deadline);
  reach.signal.addEventListener('abort', end);
  if (reach.signal.aborted) end();
  let answer: RawAnswer;
  try {
    answer = await exchange(request, reach, over.signal);
  } catch (failure) {
    if (failure instanceof KeeperError) throw failure;
    const why = over.signal.aborted ? `none in ${deadline / 1000} s` : told(failure);
    throw new KeeperError(`${host}: expected an answer, got ${why}`, 'unreachable');
  } finally {
    clearTimeout(timer);
    reach.signal.removeEventListener('abort', end);
  }
  const { status, text } = answer;
  if (status === 200 || status === 201) return answer;
  const closes = request.closes?.(status, parseObject(text) ?? {}) ?? false;
  throw new KeeperError(`${host}: expected status 200 or 201, got ${status}`, 'answer-status', closes);
}

interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

function exchange(request: JsonRequest, reach: Reach, signal: AbortSignal): Promise<RawAnswer> {
  const url = new URL(request.url);
  const allowed = reach.servers?.allowed ?? request.allowed;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  // An address in the URL is never looked up, so it is judged here.
  if (isIP(address) && !allowed(address)) return Promise.reject(notAllowed(address));
  const { body } = request;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options: https.RequestOptions = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', 'user-agent': 'anchorhold-keeper', ...request.headers, ...length },
    lookup: lookupAllowed(allowed),
    signal,
    // No connection and no TLS session outlives the request.
    agent: false,
  };
  // Verification is said aloud: the environment can turn the default off.
  const verified: https.RequestOptions = { ca: [...reach.roots()], rejectUnauthorized: true, minVersion: 'TLSv1.2' };
  return new Promise((resolve, reject) => {
    const asked =
      url.protocol === 'https:' ? https.request(url, { ...options, ...verified }) : http.request(url, options);
    asked.on('error', reject).on('response', (answer) => {
      read(answer, url.host, request.largest ?? LARGEST_JSON).then(
        (text) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        reject,
      );
    });
    asked.end(body);
  });
}

async function read(answer: http.IncomingMessage, host: string, largest: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    // Without an encoding set, node's streams yield buffers.
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > largest)
      throw new KeeperError(`${host}: expected an answer of at most ${largest} bytes, got more`, 'answer-too-large');
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Resolves and keeps the allowed addresses only; the connection is made to these, so no second answer of DNS slips in between. */
function lookupAllowed(allowed: (address: string) => boolean): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (failure, found) => {
      if (failure) return done(failure, []);
      const kept = found.filter(({ address }) => allowed(address));
      const [first] = kept;
      if (!first) return done(notAllowed(host), []);
      return options.all ? done(null, kept) : done(null, first.address, first.family);
    });
  };
}

function notAllowed(host: string): KeeperError {
  return new KeeperError(
    `${host}: expected an address of its own kind, got a private, local or metadata one`,
    'address-not-allowed',
  );
}

function parseObject(text: string): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    // V8 quotes what it couldn't parse, and that may be a token: its message goes no further.
    return undefined;
  }
}
