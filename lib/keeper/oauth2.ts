import { bearerValue, lineSecret } from './header-value';
import { KeeperError } from './keeper-error';
import { requestJson, type TokenRequest } from './request-json';
import { lifeOf, type Token, type TokenContext, type TokenSource } from './token';

/** Client credentials grant (RFC 6749 section 4.4), id and secret in the form-encoded body (section 2.3.1). */
export async function oauth2Token(
  source: Extract<TokenSource, { kind: 'oauth2' }>,
  secret: string,
  context: TokenContext & Pick<TokenRequest, 'allowed'>,
): Promise<Token> {
  if (new URL(source.tokenUrl).protocol !== 'https:')
    throw new KeeperError('tokenUrl: expected an https URL, got another scheme', 'token-url-not-https');
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: source.clientId,
    client_secret: lineSecret(source.secret, secret),
  });
  if (source.scopes.length > 0) form.set('scope', source.scopes.join(' '));
  const { json } = await requestJson({
    method: 'POST',
    url: source.tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    ...context,
  });
  const host = new URL(source.tokenUrl).host;
  // A token of another type (a MAC, a bound one) sent as a bearer token would be a mistake that looks like success.
  if (typeof json['token_type'] !== 'string' || json['token_type'].toLowerCase() !== 'bearer') {
    throw new KeeperError(`${host}: expected token_type Bearer, got another`, 'token-malformed');
  }
  const life = lifeOf(json['expires_in']);
  if (life === 0)
    throw new KeeperError(`${host}: expected expires_in in seconds, got something else`, 'token-malformed');
  return { value: bearerValue(host, json['access_token']), expiresAt: context.now + life };
}
