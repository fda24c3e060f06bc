import { bearerValue } from './header-value';
import { KeeperError } from './keeper-error';
import { requestJson, type TokenRequest } from './request-json';
import { lifeOf, type Token, type TokenContext, type TokenSource } from './token';

/** The access token of the machine's own service account, from the metadata server. */
export async function googleAccessToken(
  source: Extract<TokenSource, { kind: 'googleAccessToken' }>,
  context: TokenContext & Pick<TokenRequest, 'allowed'>,
): Promise<Token> {
  const url = new URL(
    '/computeMetadata/v1/instance/service-accounts/default/token',
    context.servers.metadata ?? 'http://metadata.google.internal',
  );
  if (source.scopes.length > 0) url.searchParams.set('scopes', source.scopes.join(','));
  const { json, headers } = await requestJson({
    method: 'GET',
    url: url.href,
    headers: { 'metadata-flavor': 'Google' },
    ...context,
  });
  // Another server at this address is not Google's: its token would send the agent's work into someone else's project.
  if (headers['metadata-flavor'] !== 'Google')
    throw new KeeperError(
      `${url.host}: expected the header Metadata-Flavor: Google, got none`,
      'not-the-metadata-server',
    );
  const life = lifeOf(json['expires_in']);
  if (life === 0)
    throw new KeeperError(`${url.host}: expected expires_in in seconds, got something else`, 'token-malformed');
  return { value: bearerValue(url.host, json['access_token']), expiresAt: context.now + life };
}
