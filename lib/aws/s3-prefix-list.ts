import { CfnMapping, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** AWS's managed prefix lists of S3. A look-up would need an account at synth, and CloudFormation has no attribute for it. */
const LISTS: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'pl-61a54008',
  'ap-northeast-2': 'pl-78a54011',
  'ap-southeast-1': 'pl-6fa54006',
  'ap-southeast-2': 'pl-6ca54005',
  'eu-central-1': 'pl-6ea54007',
  'eu-west-1': 'pl-6da54004',
  'sa-east-1': 'pl-6aa54003',
  'us-east-1': 'pl-63a5400a',
  'us-east-2': 'pl-7ba54012',
  'us-west-1': 'pl-6ba54002',
  'us-west-2': 'pl-68a54001',
};

/**
 * The id that was given, when it is one of a prefix list.
 * @throws Error `prefix-list-id`
 */
export function givenPrefixList(id: string): string {
  if (Token.isUnresolved(id) || /^pl-[0-9a-f]{8,17}$/.test(id)) return id;
  throw new Error(
    `s3PrefixListId: expected the id of S3's managed prefix list such as "pl-63a5400a", got "${id}"; ` +
      '"aws ec2 describe-managed-prefix-lists" prints it [prefix-list-id]',
  );
}

/**
 * The S3 prefix list of the stack's region. Of a stack for any region the deployment fails where the table ends.
 * @throws Error `prefix-list-unknown` for a region that isn't in the table
 */
export function s3PrefixList(scope: Construct): string {
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region)) {
    const id = Object.hasOwn(LISTS, region) ? LISTS[region] : undefined;
    if (id !== undefined) return id;
    throw new Error(
      `s3PrefixListId: expected the id of S3's prefix list in ${region}, which isn't in our table; give the one that ` +
        `"aws ec2 describe-managed-prefix-lists" names com.amazonaws.${region}.s3 [prefix-list-unknown]`,
    );
  }
  const mapping = Object.fromEntries(Object.entries(LISTS).map(([name, id]) => [name, { id }]));
  return new CfnMapping(scope, 'S3PrefixLists', { mapping }).findInMap(region, 'id');
}
