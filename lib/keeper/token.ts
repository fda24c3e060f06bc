import { safeToken } from './header-value';
import { KeeperError } from './keeper-error';
import type { Json } from './request-json';

/** A short-lived token. */
export interface Token {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Servers that leave `expires_in` out get five minutes: fetched often, and gone soon when they stop answering. */
const UNTOLD_SECONDS = 300;
const LONGEST_SECONDS = 86_400;

/** The token of an answer in OAuth 2's form (RFC 6749 section 5.1). */
export function tokenOf(host: string, json: Json, now: number): Token {
  const seconds = Number(json['expires_in'] ?? UNTOLD_SECONDS);
  if (!(seconds > 0))
    throw new KeeperError(`${host}: expected expires_in in seconds, got something else`, 'token-malformed');
  return {
    token: safeToken(host, json['access_token']),
    expiresAt: now + Math.min(seconds, LONGEST_SECONDS) * 1000,
  };
}
