import { type AwsIdentity, containerIdentity } from './aws-identity';
import { awsSecret } from './aws-secret';
import { googleAccessToken } from './google-access-token';
import { googleSecret } from './google-secret';
import { KeeperError } from './keeper-error';
import type { Reach } from './request-json';
import { environmentSecret, fileSecret, type SecretSource } from './secret-source';

/** An identity is fetched anew this long before its end. */
const MARGIN_MS = 60_000;

/** Where secrets come from, by the words of the command line. */
export class Sources {
  /** The task's identity. */
  readonly aws: (signal: AbortSignal) => Promise<AwsIdentity>;
  private readonly given: NodeJS.ProcessEnv;

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly reach: Omit<Reach, 'signal'>,
  ) {
    // Two secrets may name one variable, and the first must not take it away from the second.
    this.given = { ...environment };
    this.aws = remembered((signal) => containerIdentity(this.given, { ...reach, signal }));
  }

  private readonly google = remembered((signal) => googleAccessToken([], { ...this.reach, signal }, Date.now()));

  /** Reads `NAME=SOURCE` of each secret. Throws without quoting what stands where a value might. */
  named(texts: readonly string[]): Record<string, SecretSource> {
    const sources: Record<string, SecretSource> = {};
    for (const text of texts) {
      const [, name, source] = /^([a-z][a-z0-9-]{0,62})=(.+)$/s.exec(text) ?? [];
      if (name === undefined || source === undefined) throw wrongSource();
      if (Object.hasOwn(sources, name)) throw new KeeperError(`--secret ${name}: expected it once`, 'secret-twice');
      sources[name] = this.read(source);
    }
    return sources;
  }

  /**
   * Reads `env:VARIABLE`, `file:PATH`, `aws-secret:ARN` or `gcp-secret:NAME`, and takes a variable out of the
   * environment, so that no child and no dump of it holds the secret.
   */
  read(text: string): SecretSource {
    const [, kind, where] = /^(env|file|aws-secret|gcp-secret):(.+)$/s.exec(text) ?? [];
    if (where === undefined) throw wrongSource();
    if (kind === 'file') return fileSecret(where);
    if (kind === 'aws-secret') return awsSecret(where, this.aws, this.reach, this.given);
    if (kind === 'gcp-secret') return googleSecret(where, this.google, this.reach);
    const source = environmentSecret(where, this.given);
    delete this.environment[where];
    return source;
  }
}

function wrongSource(): KeeperError {
  return new KeeperError(
    'secret: expected NAME=env:VARIABLE, file:PATH, aws-secret:ARN or gcp-secret:NAME, got another shape (not shown, it may hold a value)',
    'secret-source',
  );
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
