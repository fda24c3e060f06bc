import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { bareSecret, bearerValue } from './header-value';
import { KeeperError } from './keeper-error';
import { requestJson, type TokenRequest } from './request-json';
import type { Token, TokenContext, TokenSource } from './token';

/** An installation token of a GitHub App, narrowed to the repositories and permissions the policy names. */
export async function githubAppToken(
  source: Extract<TokenSource, { kind: 'githubApp' }>,
  secret: string,
  context: TokenContext & Pick<TokenRequest, 'allowed'>,
): Promise<Token> {
  const base = context.servers.github ?? 'https://api.github.com';
  const { host } = new URL(base);
  const narrowed = {
    // The API wants names without their owner: an installation belongs to one.
    ...(source.repositories.length > 0
      ? { repositories: source.repositories.map((name) => name.replace(/^.*\//, '')) }
      : {}),
    ...(Object.keys(source.permissions).length > 0 ? { permissions: source.permissions } : {}),
  };
  const { json } = await requestJson({
    method: 'POST',
    url: `${base}/app/installations/${encodeURIComponent(source.installationId)}/access_tokens`,
    headers: {
      authorization: `Bearer ${appToken(source.appId, rsaKey(source.secret, secret), context.now)}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    body: JSON.stringify(narrowed),
    ...context,
  });
  const expiresAt = typeof json['expires_at'] === 'string' ? Date.parse(json['expires_at']) : NaN;
  if (!(expiresAt > context.now))
    throw new KeeperError(`${host}: expected expires_at in the future, got something else`, 'token-malformed');
  return { value: bearerValue(host, json['token']), expiresAt };
}

/** The app's own proof: a JWT by RS256, ten minutes at most, issued a minute back for clocks that differ. */
function appToken(appId: string, key: KeyObject, now: number): string {
  const seconds = Math.floor(now / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: appId })}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

function rsaKey(name: string, text: string): KeyObject {
  try {
    const key = createPrivateKey(bareSecret(name, text));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // The reason may describe the key's bytes; the sentence below is enough to mend it.
  }
  throw new KeeperError(
    `secret ${name}: expected the app's RSA private key, PEM without a passphrase, got something else`,
    'secret-not-a-key',
  );
}
