import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { AwsIdentity } from './aws-secret';
import { KeeperError } from './keeper-error';
import { type Reach, requestJson } from './request-json';

/** Compiled files of 5,000 upstreams, packed. */
const LARGEST = 16 * 1024 * 1024;
const URL_SHAPE = /^https:\/\/s3\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/[\w./-]+$/;

/**
 * The packed files of a compiled policy that is too large for a task definition: an object of S3, `{"files": "…"}`, by its
 * path-style URL. The digest stands in the task definition, so whoever may write to the bucket can't change the policy.
 */
export async function awsObject(
  url: string,
  digest: string,
  identity: AwsIdentity,
  reach: Reach,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const [, region] = URL_SHAPE.exec(url) ?? [];
  if (region === undefined)
    throw new KeeperError(
      '--files-from: expected https://s3.REGION.amazonaws.com/BUCKET/KEY, got another URL',
      'files-url',
    );
  const place = environment['AWS_ENDPOINT_URL_S3'];
  const asked = place === undefined ? url : new URL(new URL(url).pathname, place).href;
  const signer = new AwsV4Signer({ ...identity, url: asked, method: 'GET', service: 's3', region });
  const headers = Object.fromEntries((await signer.sign()).headers);
  // Any address: a private endpoint of the service is one, and TLS says who answers.
  const { json } = await requestJson({ url: asked, headers, allowed: () => true, largest: LARGEST }, reach);
  const files = json['files'];
  if (typeof files === 'string' && createHash('sha256').update(files).digest('hex') === digest) return files;
  throw new KeeperError('--files-from: expected the files that --files-digest names, got others', 'files-digest');
}
