import { isMetadataAddress } from './address';
import { safeToken } from './header-value';
import { KeeperError } from './keeper-error';
import { type Reach, requestText } from './request-json';
import type { Token } from './token';

const LARGEST = 16_384;
const LONGEST_MS = 86_400_000;

/**
 * An identity token of the machine's own service account for one audience, from the metadata server. Google answers with
 * the bare JWT; its `aud` and `exp` are read and its signature is the audience's to verify.
 */
export async function googleIdToken(audience: string, reach: Reach, now: number): Promise<Token> {
  const url = new URL(
    '/computeMetadata/v1/instance/service-accounts/default/identity',
    reach.servers?.metadata ?? 'http://metadata.google.internal',
  );
  url.searchParams.set('audience', audience);
  const headers = { 'metadata-flavor': 'Google' };
  const request = { url: url.href, headers, allowed: isMetadataAddress, largest: LARGEST };
  const { text, headers: answered } = await requestText(request, reach);
  if (answered['metadata-flavor'] !== 'Google')
    throw new KeeperError(`${url.host}: expected the header Metadata-Flavor: Google, got none`, 'not-metadata-server');
  const token = text.trim();
  const { aud, exp } = claimsOf(token);
  // A token for somebody else could be used against him by whoever it is sent to.
  if (aud !== audience || typeof exp !== 'number' || !(exp * 1000 > now))
    throw new KeeperError(
      `${url.host}: expected a token for the audience asked, with time left, got another (not shown)`,
      'token-malformed',
    );
  return { token: safeToken(url.host, token), expiresAt: Math.min(exp * 1000, now + LONGEST_MS) };
}

function claimsOf(token: string): { readonly aud?: unknown; readonly exp?: unknown } {
  const [, body] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? [];
  try {
    const claims: unknown = JSON.parse(Buffer.from(body ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    // V8 quotes what it couldn't parse.
    return {};
  }
}
