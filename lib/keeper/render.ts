import type { KeeperSource } from '../envoy';
import { githubAppToken } from './github-app';
import { googleAccessToken } from './google-access-token';
import { googleIdToken } from './google-id-token';
import { basicValue, headerValue } from './header-value';
import { oauth2Token } from './oauth2';
import type { Reach } from './request-json';

/** What Envoy puts into a request. */
export interface Rendered {
  /** The whole header value. */
  readonly value: string;
  /** Milliseconds since 1970. @default - as long as its secret */
  readonly expiresAt?: number;
}

/** The header value of a credential, made of its secret's text and fetched where that buys a token. Throws `KeeperError`. */
export async function render(source: KeeperSource, secret: string, reach: Reach, now: number): Promise<Rendered> {
  switch (source.kind) {
    case 'header':
      return { value: headerValue(source.secret, source.prefix, secret) };
    case 'basic':
      return { value: basicValue(source.secret, source.user, secret) };
    case 'oauth2': {
      const { token, expiresAt } = await oauth2Token(source, secret, reach, now);
      return { value: `Bearer ${token}`, expiresAt };
    }
    case 'googleAccessToken': {
      const { token, expiresAt } = await googleAccessToken(source.scopes, reach, now);
      return { value: `Bearer ${token}`, expiresAt };
    }
    case 'googleIdToken': {
      const { token, expiresAt } = await googleIdToken(source.audience, reach, now);
      return { value: `Bearer ${token}`, expiresAt };
    }
    case 'githubApp': {
      const { token, expiresAt } = await githubAppToken(source, secret, reach, now);
      // Git over HTTPS takes the token as a password only.
      const value = source.form === 'basic' ? basicValue(source.secret, 'x-access-token', token) : `Bearer ${token}`;
      return { value, expiresAt };
    }
  }
}
