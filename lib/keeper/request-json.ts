import { lookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { KeeperError, told } from './keeper-error';

const DEADLINE_MS = 10_000;
const LARGEST_ANSWER = 65_536;

/** One request to a token server. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where the name may resolve to. */
  readonly allowed: (address: string) => boolean;
  /** Roots the server is verified against. */
  readonly roots: readonly string[];
  readonly signal: AbortSignal;
}

/** What came back. */
export interface TokenAnswer {
  readonly headers: http.IncomingHttpHeaders;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Sends it and reads a JSON object. No redirect is followed (it would carry the secret to a place nobody named), no
 * environment proxy is used, the answer is bounded. Throws `KeeperError` that names the host and never quotes either side.
 */
export async function requestJson(request: TokenRequest): Promise<TokenAnswer> {
  const url = new URL(request.url);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const { status, headers, text } = await exchange(url, request, signal);
    if (status !== 200 && status !== 201)
      throw new KeeperError(`${url.host}: expected status 200 or 201, got ${status}`, 'token-status');
    return { headers, json: parseObject(url.host, text) };
  } catch (failure) {
    if (failure instanceof KeeperError) throw failure;
    const why = signal.aborted ? `no answer in ${DEADLINE_MS / 1000} s` : told(failure);
    throw new KeeperError(`${url.host}: expected an answer, got ${why}`, 'token-unreachable');
  }
}

function exchange(
  url: URL,
  { method, headers, body, allowed, roots }: TokenRequest,
  signal: AbortSignal,
): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address in the URL is never looked up, so it is judged here.
  if (isIP(host) && !allowed(host)) return Promise.reject(notAllowed(host));
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { ...headers, ...length, accept: 'application/json', 'user-agent': 'anchorhold-keeper' },
    lookup: lookupAllowed(allowed),
    signal,
  };
  return new Promise((resolve, reject) => {
    // `agent: false`: no connection and no TLS session outlives the request. Verification is said aloud: the environment can turn the default off.
    const asked =
      url.protocol === 'https:'
        ? https.request(url, {
            ...options,
            agent: false,
            ca: [...roots],
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
          })
        : http.request(url, { ...options, agent: false });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > LARGEST_ANSWER)
          asked.destroy(
            new KeeperError(`${url.host}: expected an answer of at most 64 KiB, got more`, 'token-too-large'),
          );
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    asked.end(body);
  });
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
    `${host}: expected a public address, got a private, local or metadata one`,
    'address-not-allowed',
  );
}

function parseObject(host: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // V8 quotes what it couldn't parse, and that may be a token: its message goes no further.
  }
  throw new KeeperError(`${host}: expected a JSON object, got something else (not shown)`, 'token-malformed');
}
