import { Reference, Unknown } from '../value';
import { one } from './network';
import { policyOf } from './policies';
import { type Emitted, type Source, type Translators } from './source';

const POLICY = 'AWS::SecretsManager::ResourcePolicy';

/** Secrets, who may read them by their own policy, and where a log is kept. */
export const SECRETS: Translators = {
  aws_secretsmanager_secret: (source) => {
    const policy = policyOf(source, 'policy');
    const itself = new Reference('resource', source.id, 'Ref');
    return [
      one(source, 'AWS::SecretsManager::Secret', { Name: source.plain('name') }),
      ...(policy === undefined ? [] : [of(source, `${source.id}.policy`, itself, policy)]),
    ];
  },
  aws_secretsmanager_secret_policy: (source) => [
    of(source, source.id, source.ref('secret_arn', 'aws_secretsmanager_secret'), policyOf(source, 'policy')),
  ],
  aws_cloudwatch_log_group: (source) => [one(source, 'AWS::Logs::LogGroup', { LogGroupName: source.plain('name') })],
};

function of(
  source: Source,
  id: string,
  secret: Emitted['properties'][string],
  policy: Emitted['properties'][string],
): Emitted {
  const properties = { SecretId: secret, ResourcePolicy: policy };
  return { id, type: POLICY, properties, ...(twice(source, secret) ? { exists: conflict(id) } : {}) };
}

/** Of two policies of one secret, the last that is applied stays. */
function twice({ names, resource }: Source, secret: Emitted['properties'][string]): boolean {
  if (!(secret instanceof Reference)) return false;
  const beside = names.terraform
    .ofType('aws_secretsmanager_secret_policy')
    .filter((one) => one !== resource)
    .map((one) => names.refer(one.properties.secret_arn, one.id, 'aws_secretsmanager_secret'));
  const others = beside.some((one) => !(one instanceof Reference) || one.id === secret.id);
  const inside = names.terraform.find(secret.id);
  const own =
    inside !== resource && inside?.properties.policy !== undefined && typeof inside.properties.policy === 'string';
  return others || (own && inside.properties.policy !== '');
}

function conflict(id: string): Unknown {
  return Unknown.of(`policy(${id})`, `${id} is the policy that stays of those its secret is given`);
}
