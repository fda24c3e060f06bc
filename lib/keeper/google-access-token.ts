import { isMetadataAddress } from './address';
import { KeeperError } from './keeper-error';
import { type Reach, requestJson } from './request-json';
import { type Token, tokenOf } from './token';

/** The access token of the machine's own service account, from the metadata server. */
export async function googleAccessToken(scopes: readonly string[], reach: Reach, now: number): Promise<Token> {
  const url = new URL(
    '/computeMetadata/v1/instance/service-accounts/default/token',
    reach.servers?.metadata ?? 'http://metadata.google.internal',
  );
  if (scopes.length > 0) url.searchParams.set('scopes', scopes.join(','));
  const request = { url: url.href, headers: { 'metadata-flavor': 'Google' }, allowed: isMetadataAddress };
  const { json, headers } = await requestJson(request, reach);
  // Another server at this address is not Google's: its token would send the agent's work into someone else's project.
  if (headers['metadata-flavor'] !== 'Google')
    throw new KeeperError(`${url.host}: expected the header Metadata-Flavor: Google, got none`, 'not-metadata-server');
  return tokenOf(url.host, json, now);
}
