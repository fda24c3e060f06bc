import { decoded } from './aws-secret';
import { KeeperError } from './keeper-error';
import { type Reach, requestJson } from './request-json';
import type { SecretSource } from './secret-source';
import type { Token } from './token';

/** Seconds between looks: a rotation is in use about a minute later. */
const EVERY_SECONDS = 60;
const NAME = /^projects\/[a-z0-9:.-]+\/secrets\/[A-Za-z0-9_-]{1,255}(\/versions\/[A-Za-z0-9_-]+)?$/;

/** A secret of Google's Secret Manager: `projects/P/secrets/S`, its latest version unless `/versions/V` is named. */
export function googleSecret(
  name: string,
  identity: (signal: AbortSignal) => Promise<Token>,
  reach: Omit<Reach, 'signal'>,
): SecretSource {
  const [found, version] = NAME.exec(name) ?? [];
  if (found === undefined)
    throw new KeeperError(
      'gcp-secret: expected projects/PROJECT/secrets/SECRET, got another text (not shown)',
      'secret-source',
    );
  const base = reach.servers?.secretManager ?? 'https://secretmanager.googleapis.com';
  const url = `${base}/v1/${found}${version === undefined ? '/versions/latest' : ''}:access`;
  return {
    everySeconds: EVERY_SECONDS,
    async read(signal) {
      const headers = { authorization: `Bearer ${(await identity(signal)).token}` };
      // Refused, not there, or its version disabled or destroyed. Any address: a private endpoint is one, and TLS says who answers.
      const closes = (status: number) => [400, 403, 404].includes(status);
      const { json } = await requestJson({ url, headers, allowed: () => true, closes }, { ...reach, signal });
      const payload = json['payload'];
      if (typeof payload === 'object' && payload !== null && 'data' in payload && typeof payload.data === 'string')
        return decoded(payload.data);
      throw new KeeperError(
        "gcp-secret: expected a secret's value, got something else (not shown)",
        'answer-malformed',
      );
    },
  };
}
