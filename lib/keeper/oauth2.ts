import type { KeeperSource } from '../envoy';
import { isPublicAddress } from './address';
import { lineSecret } from './header-value';
import { KeeperError } from './keeper-error';
import { type Reach, requestJson } from './request-json';
import { type Token, tokenOf } from './token';

/** Client credentials grant (RFC 6749 section 4.4), id and secret in the form-encoded body (section 2.3.1). */
export async function oauth2Token(
  source: Extract<KeeperSource, { kind: 'oauth2' }>,
  secret: string,
  reach: Reach,
  now: number,
): Promise<Token> {
  const { protocol, host } = new URL(source.tokenUrl);
  if (protocol !== 'https:')
    throw new KeeperError('tokenUrl: expected an https URL, got another scheme', 'token-url-not-https');
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: source.clientId,
    client_secret: lineSecret(source.secret, secret),
  });
  if (source.scopes.length > 0) form.set('scope', source.scopes.join(' '));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { url: source.tokenUrl, headers, body: form.toString(), allowed: isPublicAddress };
  const { json } = await requestJson(request, reach);
  // A token of another type (a MAC, a bound one) sent as a bearer token would be a mistake that looks like success.
  if (typeof json['token_type'] !== 'string' || json['token_type'].toLowerCase() !== 'bearer')
    throw new KeeperError(`${host}: expected token_type Bearer, got another`, 'token-malformed');
  return tokenOf(host, json, now);
}
