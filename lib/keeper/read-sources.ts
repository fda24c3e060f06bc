import { awsSecret, containerIdentity } from './aws-secret';
import { googleAccessToken } from './google-access-token';
import { googleSecret } from './google-secret';
import { KeeperError } from './keeper-error';
import type { Reach } from './request-json';
import { environmentSecret, fileSecret, type SecretSource } from './secret-source';

/** An identity is fetched anew this long before its end. */
const MARGIN_MS = 60_000;

/**
 * Reads `NAME=env:VARIABLE`, `file:PATH`, `aws-secret:ARN` and `gcp-secret:NAME`, and takes each named variable out of
 * `environment`, so that no child and no dump of it holds the secret. Throws without quoting what stands where a value might.
 */
export function readSources(
  texts: readonly string[],
  environment: NodeJS.ProcessEnv,
  reach: Omit<Reach, 'signal'>,
): Record<string, SecretSource> {
  // Two secrets may name one variable, and the first must not take it away from the second.
  const given = { ...environment };
  const aws = remembered((signal) => containerIdentity(given, { ...reach, signal }));
  const google = remembered((signal) => googleAccessToken([], { ...reach, signal }, Date.now()));
  const sources: Record<string, SecretSource> = {};
  for (const text of texts) {
    const [, name, kind, where] = /^([a-z][a-z0-9-]{0,62})=(env|file|aws-secret|gcp-secret):(.+)$/s.exec(text) ?? [];
    if (name === undefined || where === undefined)
      throw new KeeperError(
        '--secret: expected NAME=env:VARIABLE, file:PATH, aws-secret:ARN or gcp-secret:NAME, got another shape (not shown, it may hold a value)',
        'secret-source',
      );
    if (Object.hasOwn(sources, name)) throw new KeeperError(`--secret ${name}: expected it once`, 'secret-twice');
    if (kind === 'env') {
      sources[name] = environmentSecret(where, given);
      delete environment[where];
    } else if (kind === 'file') sources[name] = fileSecret(where);
    else if (kind === 'aws-secret') sources[name] = awsSecret(where, aws, reach, given);
    else sources[name] = googleSecret(where, google, reach);
  }
  return sources;
}

function remembered<T extends { readonly expiresAt: number }>(
  fetch: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let held: T | undefined;
  let asking: Promise<T> | undefined;
  return async (signal) => {
    if (held && held.expiresAt - MARGIN_MS > Date.now()) return held;
    asking ??= fetch(signal).finally(() => (asking = undefined));
    return (held = await asking);
  };
}
