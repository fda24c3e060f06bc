import { AwsV4Signer } from 'aws4fetch';
import { createHash } from 'node:crypto';
import type { Arrival } from './origin';
import { valuesOf } from './origin';

/** What a service knows of its caller. */
export interface AwsAccount {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly service: string;
  readonly region: string;
}

/**
 * Checks Signature Version 4 as a service does, by signing anew with an independent implementation.
 * Undefined: it is right. Else what is wrong.
 */
export async function checkSignature(arrival: Arrival, body: Buffer, account: AwsAccount): Promise<string | undefined> {
  const [sent, ...more] = valuesOf(arrival, 'authorization');
  if (sent === undefined || more.length > 0) return `${more.length + (sent === undefined ? 0 : 1)} signatures`;
  const signed = /SignedHeaders=([^,]+)/.exec(sent)?.[1]?.split(';') ?? [];
  if (!signed.includes('host') || !signed.includes('x-amz-date')) return `signed headers ${signed.join(';')}`;
  const claimed = valuesOf(arrival, 'x-amz-content-sha256');
  if (claimed.join() !== createHash('sha256').update(body).digest('hex')) return `body hash ${claimed.join()}`;
  const tokens = valuesOf(arrival, 'x-amz-security-token').join();
  if (tokens !== account.sessionToken) return `session token ${tokens === '' ? 'missing' : 'wrong'}`;
  const headers = signed
    .filter((name) => name !== 'host')
    .map((name) => [name, valuesOf(arrival, name).join()] as const);
  const { accessKeyId, secretAccessKey, service, region } = account;
  const signer = new AwsV4Signer({
    ...{ accessKeyId, secretAccessKey, service, region },
    method: arrival.method,
    url: `https://${valuesOf(arrival, 'host').join()}${arrival.target}`,
    headers: Object.fromEntries(headers),
    datetime: valuesOf(arrival, 'x-amz-date').join(),
    allHeaders: true,
  });
  const expected = (await signer.sign()).headers.get('authorization');
  return same(sent, expected ?? '') ? undefined : `signature ${sent} instead of ${expected}`;
}

/** Regardless of spaces between the parts. */
function same(a: string, b: string): boolean {
  return a.replace(/,\s*/g, ',') === b.replace(/,\s*/g, ',');
}
