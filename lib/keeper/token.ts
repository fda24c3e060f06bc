import type { KeeperSource } from '../envoy';
import { isMetadataAddress, isPublicAddress } from './address';
import { githubAppToken } from './github-app';
import { googleAccessToken } from './google-access-token';
import { oauth2Token } from './oauth2';

/** A short-lived credential, rendered. */
export interface Token {
  /** The whole header value. */
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How token servers are reached; tests put loopback servers here. */
export interface TokenServers {
  /** @default 'https://api.github.com' */
  readonly github?: string;
  /** @default 'http://metadata.google.internal' */
  readonly metadata?: string;
  /** Takes the place of every rule on addresses. @default - public addresses; for the metadata server its own only */
  readonly allowed?: (address: string) => boolean;
}

/** What a fetch needs beside its source. */
export interface TokenContext {
  readonly now: number;
  readonly roots: readonly string[];
  readonly servers: TokenServers;
  readonly signal: AbortSignal;
}

/** A source whose value is fetched, not read. */
export type TokenSource = Extract<KeeperSource, { readonly kind: 'oauth2' | 'googleAccessToken' | 'githubApp' }>;

/** True of the kinds that are fetched. */
export function isTokenSource(source: KeeperSource): source is TokenSource {
  return source.kind === 'oauth2' || source.kind === 'googleAccessToken' || source.kind === 'githubApp';
}

/** Fetches one token. `secret` is the text of the source's secret; none for Google. Throws `KeeperError`. */
export function fetchToken(source: TokenSource, secret: string, context: TokenContext): Promise<Token> {
  const allowed =
    context.servers.allowed ?? (source.kind === 'googleAccessToken' ? isMetadataAddress : isPublicAddress);
  switch (source.kind) {
    case 'oauth2':
      return oauth2Token(source, secret, { ...context, allowed });
    case 'googleAccessToken':
      return googleAccessToken(source, { ...context, allowed });
    case 'githubApp':
      return githubAppToken(source, secret, { ...context, allowed });
  }
}

/** Milliseconds a token lives by its `expires_in`. Servers that leave it out get five minutes: fetched often, and gone soon when they stop answering. */
export function lifeOf(expiresIn: unknown): number {
  const seconds = Number(expiresIn ?? 300);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 86_400) * 1000 : 0;
}
