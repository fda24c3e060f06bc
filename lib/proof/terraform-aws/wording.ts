import type { Finding, Hop } from '../report';
import type { Templates } from '../templates';

/*
 * Claims speak CloudFormation's words. Where a hop is a resource of Terraform's, its own words are put in their place, so that a
 * finding can be followed in the configuration.
 */

/** Words that aren't the same in small letters with lines between them. Longer ones first: parts of words aren't words. */
const WORDS: Readonly<Record<string, string>> = {
  AssumeRolePolicyDocument: 'assume_role_policy',
  ContainerDefinitions: 'container_definitions',
  PolicyDocument: 'policy',
  ResourcePolicy: 'policy',
  FileSystemPolicy: 'policy',
  Properties: 'rule',
  Scheme: 'internal',
  LoadBalancers: 'load_balancer',
  Volumes: 'volume',
  VpcLatticeConfigurations: 'vpc_lattice_configurations',
  DestinationCidrBlock: 'destination_cidr_block',
  DestinationIpv6CidrBlock: 'destination_ipv6_cidr_block',
  RuleNumber: 'rule_number',
  ManagedPolicyArns: 'managed_policy_arns',
  EcsParameters: 'ecs_target',
};
/** Words of the API's own JSON inside a task definition. */
const CONTAINER = new Set(['Secrets', 'Environment', 'EnvironmentFiles', 'LogConfiguration']);
/** Properties that claims name. */
const NAMED =
  /\b(?:AssumeRolePolicyDocument|ContainerDefinitions|PolicyDocument|ResourcePolicy|FileSystemPolicy|Properties|Scheme|LoadBalancers|Volumes|VpcLatticeConfigurations|ServiceConnectConfiguration|NetworkConfiguration|DestinationCidrBlock|DestinationIpv6CidrBlock|DestinationPrefixListId|RouteTableIds|RuleNumber|TaskRoleArn|EnableExecuteCommand|AllowedPrincipals|FirewallFailOpen|FirewallRuleGroupId|LaunchType|TaskDefinition|ManagedPolicyArns|Secrets|EnvironmentFiles|Environment|LogConfiguration|SecurityGroups|ReplicationConfiguration|RoleArn|Priority)\b/g;
const TYPE = /\b(?:AWS|Custom)::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)?/g;

/** The finding in Terraform's words, where its hops are Terraform's. */
export function reworded(finding: Finding, templates: Templates): Finding {
  const types = new Map<string, string>();
  const isOurs = (id: string) => {
    const found = templates.find(id);
    if (found?.terraform !== undefined) types.set(found.type, found.terraform);
    return found?.terraform !== undefined;
  };
  const path = finding.path.map((hop): Hop => (isOurs(hop.id) ? { id: hop.id, by: words(hop.by, types) } : hop));
  if (!isOurs(finding.workload)) return { ...finding, path };
  return {
    ...finding,
    path,
    reason: words(finding.reason, types),
    ...(finding.change === undefined ? {} : { change: changed(words(finding.change, types)) }),
  };
}

function words(text: string, types: ReadonlyMap<string, string>): string {
  return text
    .replace(TYPE, (type) => types.get(type) ?? type)
    .replace(NAMED, (word) => WORDS[word] ?? (CONTAINER.has(word) ? camel(word) : snake(word)))
    .replace(/^ +| +(?= )/g, '')
    .trim();
}

/** A switch is true or false, not a word. */
function changed(change: string): string {
  return change.replace(/^set internal of (.*) to internal$/, 'set internal of $1 to true');
}

function snake(word: string): string {
  return word.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();
}

function camel(word: string): string {
  return word.slice(0, 1).toLowerCase() + word.slice(1);
}
