import { createHash } from 'node:crypto';
import { type AwsIdentity, awsUrl, signed } from './aws-identity';
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
  const asked = new URL(new URL(url).pathname, awsUrl('s3', region, environment['AWS_ENDPOINT_URL_S3'])).href;
  const headers = await signed({ url: asked, method: 'GET', headers: {}, service: 's3', region }, identity);
  // Any address: a private endpoint of the service is one, and TLS says who answers.
  const { json } = await requestJson({ url: asked, headers, allowed: () => true, largest: LARGEST }, reach);
  const files = json['files'];
  if (typeof files === 'string' && createHash('sha256').update(files).digest('hex') === digest) return files;
  throw new KeeperError('--files-from: expected the files that --files-digest names, got others', 'files-digest');
}
