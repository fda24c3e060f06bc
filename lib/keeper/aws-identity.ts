import { AwsV4Signer } from 'aws4fetch';
import { KeeperError } from './keeper-error';
import { type Reach, requestJson } from './request-json';

/** What the container endpoint gives a task. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Where a task's credentials may come from over clear HTTP: ECS, EKS, and this machine. */
const CONTAINER_HOSTS = ['169.254.170.2', '169.254.170.23', 'fd00:ec2::23', '127.0.0.1', '::1'];

/** The identity of the task we run in, by the variables ECS and EKS set. Throws when there is none. */
export async function containerIdentity(environment: NodeJS.ProcessEnv, reach: Reach): Promise<AwsIdentity> {
  const relative = environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const url = relative === undefined ? full : new URL(relative, 'http://169.254.170.2').href;
  if (url === undefined || !CONTAINER_HOSTS.includes(new URL(url).hostname.replace(/^\[|\]$/g, '')))
    throw new KeeperError(
      'aws-secret: expected AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, as ECS sets it for a task with a role, got none',
      'aws-identity',
    );
  const token = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  const { json } = await requestJson({ url, headers, allowed: (address) => CONTAINER_HOSTS.includes(address) }, reach);
  const [accessKeyId, secretAccessKey, sessionToken, end] = [
    'AccessKeyId',
    'SecretAccessKey',
    'Token',
    'Expiration',
  ].map((key) => (typeof json[key] === 'string' ? json[key] : ''));
  const expiresAt = Date.parse(end ?? '');
  if (accessKeyId && secretAccessKey && sessionToken && expiresAt > 0)
    return { accessKeyId, secretAccessKey, sessionToken, expiresAt };
  throw new KeeperError("aws-secret: expected a task role's credentials, got something else", 'aws-identity');
}

/** Where a service of a region answers: at its public name, or where `AWS_ENDPOINT_URL_…` says. */
export function awsUrl(service: string, region: string, named?: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(named ?? `https://${service}.${region}.${domain}/`);
  if (url.protocol === 'https:') return url.href;
  throw new KeeperError('AWS_ENDPOINT_URL: expected an https URL, got another', 'aws-endpoint');
}

/** The headers of a request, signed (Signature Version 4). */
export async function signed(
  request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly service: string;
    readonly region: string;
  },
  identity: AwsIdentity,
): Promise<Record<string, string>> {
  return Object.fromEntries((await new AwsV4Signer({ ...request, ...identity }).sign()).headers);
}
