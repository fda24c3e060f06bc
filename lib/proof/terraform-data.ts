import { Reference, type Value } from './value';

/** A data source that only writes a policy out of its parts. */
export const POLICY_DATA = 'aws_iam_policy_document';

/** What data sources of AWS say of the account and the place that a configuration is applied in. */
const PSEUDO: Readonly<Record<string, string>> = {
  'aws_caller_identity.account_id': 'AWS::AccountId',
  'aws_caller_identity.id': 'AWS::AccountId',
  'aws_region.name': 'AWS::Region',
  'aws_region.id': 'AWS::Region',
  'aws_region.region': 'AWS::Region',
  'aws_partition.partition': 'AWS::Partition',
  'aws_partition.id': 'AWS::Partition',
  'aws_partition.dns_suffix': 'AWS::URLSuffix',
};

/**
 * What `data.aws_….name.attribute` stands for: a policy, the account, the place, or something made elsewhere, which nobody knows
 * unless the caller states it as `data.aws_….name.attribute=VALUE`. Undefined for other providers’ data and for parts of a value.
 */
export function dataValue(
  [, type = '', name = '', ...rest]: readonly string[],
  prefix: string,
  stated: ReadonlyMap<string, string>,
): Value | undefined {
  const path = rest.filter((one) => !one.startsWith('['));
  const [attribute, deeper] = path;
  if (!type.startsWith('aws_') || attribute === undefined || deeper !== undefined) return undefined;
  const pseudo = PSEUDO[`${type}.${attribute}`];
  if (pseudo !== undefined) return new Reference('pseudo', pseudo, 'Ref');
  const index = rest[0]?.startsWith('[') === true ? rest[0] : '';
  const id = `${prefix}data.${type}.${name}${index}`;
  if (type === POLICY_DATA) return new Reference('resource', id, attribute);
  const key = `${id}.${attribute}${rest.slice(index === '' ? 1 : 2).join('')}`;
  return stated.get(key) ?? new Reference('parameter', key, 'Ref');
}
