import { type AwsIdentity, awsUrl, signed } from './aws-identity';
import { LARGEST_SECRET } from './header-value';
import { KeeperError } from './keeper-error';
import { type Json, type Reach, requestJson } from './request-json';
import type { SecretSource } from './secret-source';

/** Seconds between looks: a rotation is in use about a minute later, for about 0.22 USD a month and secret. */
const EVERY_SECONDS = 60;
const ARN =
  /^arn:(?:aws|aws-cn|aws-us-gov):(secretsmanager|ssm):([a-z0-9-]+):\d{12}:(?:secret:|parameter\/)[\w/+=.@-]+$/;
/** Answers that say that the secret has no value we may have: deleted, to be deleted, empty, refused, its key gone. */
const GONE =
  /(?:^|#)(?:ResourceNotFound|InvalidRequest|AccessDenied|ParameterNotFound|DecryptionFailure|InvalidKeyId)(?:Exception)?$/;
/** A secret of Secrets Manager, or a parameter of Systems Manager, by its ARN. Its text, or its bytes as UTF-8. */
export function awsSecret(
  arn: string,
  identity: (signal: AbortSignal) => Promise<AwsIdentity>,
  reach: Omit<Reach, 'signal'>,
  environment: NodeJS.ProcessEnv,
): SecretSource {
  const [, service, region] = ARN.exec(arn) ?? [];
  if (service === undefined || region === undefined)
    throw new KeeperError(
      'aws-secret: expected the ARN of a secret or a parameter, got another text (not shown)',
      'secret-source',
    );
  const manager = service === 'secretsmanager';
  const url = awsUrl(
    service,
    region,
    environment[manager ? 'AWS_ENDPOINT_URL_SECRETS_MANAGER' : 'AWS_ENDPOINT_URL_SSM'],
  );
  const target = manager ? 'secretsmanager.GetSecretValue' : 'AmazonSSM.GetParameter';
  const body = JSON.stringify(manager ? { SecretId: arn } : { Name: arn, WithDecryption: true });
  return {
    everySeconds: EVERY_SECONDS,
    async read(signal) {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const asked = { url, method: 'POST', headers, body, service, region };
      const closes = (_: number, json: Json) => GONE.test(String(json['__type']));
      // Any address: a private endpoint of the service is one, and TLS says who answers.
      const request = { url, headers: await signed(asked, await identity(signal)), body, allowed: () => true, closes };
      const { json } = await requestJson(request, { ...reach, signal });
      return valueOf(manager ? json : json['Parameter']);
    },
  };
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
