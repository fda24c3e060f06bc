import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { KeeperSource } from '../envoy';
import { isPublicAddress } from './address';
import { bareSecret, safeToken } from './header-value';
import { KeeperError, wrongSecret } from './keeper-error';
import { type Reach, requestJson } from './request-json';
import type { Token } from './token';

/** An installation token of a GitHub App, narrowed to the repositories and permissions the policy names. */
export async function githubAppToken(
  source: Extract<KeeperSource, { kind: 'githubApp' }>,
  secret: string,
  reach: Reach,
  now: number,
): Promise<Token> {
  const url = new URL(
    `/app/installations/${encodeURIComponent(source.installationId)}/access_tokens`,
    reach.servers?.github ?? 'https://api.github.com',
  );
  const { repositories, permissions } = source;
  const narrowed = {
    // The API wants names without their owner: an installation belongs to one.
    ...(repositories.length > 0 ? { repositories: repositories.map((name) => name.replace(/^.*\//, '')) } : {}),
    ...(Object.keys(permissions).length > 0 ? { permissions } : {}),
  };
  const headers = {
    authorization: `Bearer ${appToken(source.appId, rsaKey(source.secret, secret), now)}`,
    'content-type': 'application/json',
    'x-github-api-version': '2022-11-28',
  };
  const request = { url: url.href, headers, body: JSON.stringify(narrowed), allowed: isPublicAddress };
  const { json } = await requestJson(request, reach);
  const expiresAt = typeof json['expires_at'] === 'string' ? Date.parse(json['expires_at']) : NaN;
  if (!(expiresAt > now))
    throw new KeeperError(`${url.host}: expected expires_at in the future, got something else`, 'token-malformed');
  return { token: safeToken(url.host, json['token']), expiresAt };
}

/** The app's own proof: a JWT by RS256, ten minutes at most, issued a minute back for clocks that differ. */
function appToken(appId: string, key: KeyObject, now: number): string {
  const seconds = Math.floor(now / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: appId })}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

function rsaKey(name: string, text: string): KeyObject {
  const pem = bareSecret(name, text);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // The reason may describe the key's bytes; the sentence below is enough to mend it.
  }
  throw wrongSecret(
    name,
    "the app's RSA private key, PEM without a passphrase, got something else",
    'secret-not-a-key',
  );
}
