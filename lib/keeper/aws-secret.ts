import { AwsV4Signer } from 'aws4fetch';
import { LARGEST_SECRET } from './header-value';
import { KeeperError } from './keeper-error';
import { type Json, type Reach, requestJson } from './request-json';
import type { SecretSource } from './secret-source';

/** What the container endpoint gives a task. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Seconds between looks: a rotation is in use about a minute later, for about 0.22 USD a month and secret. */
const EVERY_SECONDS = 60;
const ARN = /^arn:(aws|aws-cn|aws-us-gov):(secretsmanager|ssm):([a-z0-9-]+):\d{12}:(?:secret:|parameter\/)[\w/+=.@-]+$/;
/** Answers that say that the secret has no value we may have: deleted, to be deleted, empty, refused, its key gone. */
const GONE =
  /(?:^|#)(?:ResourceNotFound|InvalidRequest|AccessDenied|ParameterNotFound|DecryptionFailure|InvalidKeyId)(?:Exception)?$/;
/** Where a task's credentials may come from over clear HTTP: ECS, EKS, and this machine. */
const CONTAINER_HOSTS = ['169.254.170.2', '169.254.170.23', 'fd00:ec2::23', '127.0.0.1', '::1'];

/** A secret of Secrets Manager, or a parameter of Systems Manager, by its ARN. Its text, or its bytes as UTF-8. */
export function awsSecret(
  arn: string,
  identity: (signal: AbortSignal) => Promise<AwsIdentity>,
  reach: Omit<Reach, 'signal'>,
  environment: NodeJS.ProcessEnv,
): SecretSource {
  const [, partition, service, region] = ARN.exec(arn) ?? [];
  if (service === undefined || region === undefined)
    throw new KeeperError(
      'aws-secret: expected the ARN of a secret or a parameter, got another text (not shown)',
      'secret-source',
    );
  const manager = service === 'secretsmanager';
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const named = environment[manager ? 'AWS_ENDPOINT_URL_SECRETS_MANAGER' : 'AWS_ENDPOINT_URL_SSM'];
  const url = httpsUrl(named ?? `https://${service}.${region}.${domain}/`);
  const target = manager ? 'secretsmanager.GetSecretValue' : 'AmazonSSM.GetParameter';
  const body = JSON.stringify(manager ? { SecretId: arn } : { Name: arn, WithDecryption: true });
  return {
    everySeconds: EVERY_SECONDS,
    async read(signal) {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const who = await identity(signal);
      const signer = new AwsV4Signer({ ...who, url, method: 'POST', headers, body, service, region });
      const signed = Object.fromEntries((await signer.sign()).headers);
      const closes = (_: number, json: Json) => GONE.test(String(json['__type']));
      // Any address: a private endpoint of the service is one, and TLS says who answers.
      const request = { url, headers: signed, body, allowed: () => true, closes };
      const { json } = await requestJson(request, { ...reach, signal });
      return valueOf(manager ? json : json['Parameter']);
    },
  };
}

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

function httpsUrl(text: string): string {
  if (text.startsWith('https://')) return new URL(text).href;
  throw new KeeperError('AWS_ENDPOINT_URL: expected an https URL, got another', 'aws-endpoint');
}

function valueOf(found: unknown): string {
  if (typeof found === 'object' && found !== null) {
    if ('SecretString' in found && typeof found.SecretString === 'string') return found.SecretString;
    if ('SecretBinary' in found && typeof found.SecretBinary === 'string') return decoded(found.SecretBinary);
    if ('Value' in found && typeof found.Value === 'string') return found.Value;
  }
  throw new KeeperError("aws-secret: expected a secret's value, got something else (not shown)", 'answer-malformed');
}

/** Base64 as both clouds carry bytes. */
export function decoded(base64: string): string {
  return Buffer.from(base64.slice(0, LARGEST_SECRET * 2), 'base64').toString('utf8');
}
