import { Stack } from 'aws-cdk-lib';
import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type ISecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { CfnService } from 'aws-cdk-lib/aws-ecs';
import { SENTINEL_EGRESS } from './closed-security-group';
import { rendered } from './rendered';

type Record = Readonly<{ [key: string]: unknown }>;

/**
 * How the agents' group was opened after it was built: ways out to addresses, ways in at all, and public addresses.
 * `prefixLists`: those it may lead to.
 */
export function groupProblems(group: ISecurityGroup, prefixLists: readonly string[] = []): string[] {
  const resource = group.node.defaultChild;
  if (!(resource instanceof CfnSecurityGroup)) return ['agent: expected a security group resource [group-not-found]'];
  const { SecurityGroupEgress, SecurityGroupIngress } = rendered(resource).Properties;
  const egress = listOf(SecurityGroupEgress);
  if (egress.length === 0) {
    return [
      'agent.securityGroup: expected an egress rule in the group itself, got none: the group is allow-all when it is made [group-without-egress]',
    ];
  }
  return [
    ...egressProblems(group, 'agent', prefixLists),
    ...[...listOf(SecurityGroupIngress), ...separate(group, CfnSecurityGroupIngress)].map(ingressProblem),
    ...publicAddresses(group),
  ];
}

/** Ways out to addresses, by range or by list, that a group was given after it was built. */
export function egressProblems(
  group: ISecurityGroup,
  who: 'agent' | 'tool',
  prefixLists: readonly string[] = [],
): string[] {
  const resource = group.node.defaultChild;
  if (!(resource instanceof CfnSecurityGroup)) return [`${who}: expected a security group resource [group-not-found]`];
  const own = listOf(rendered(resource).Properties.SecurityGroupEgress);
  const lists = prefixLists.map((list) => JSON.stringify(Stack.of(group).resolve(list)));
  return [...own, ...separate(group, CfnSecurityGroupEgress)].flatMap((rule) => egressProblem(rule, who, lists));
}

function egressProblem(rule: Record, who: 'agent' | 'tool', lists: readonly string[]): string[] {
  const range = rule.CidrIp ?? rule.CidrIpv6;
  const list = rule.DestinationPrefixListId;
  if (range === SENTINEL_EGRESS.cidrIp) return [];
  if (range === undefined && (list === undefined || lists.includes(JSON.stringify(list)))) return [];
  return [
    `${who}.securityGroup: expected egress only to the proxy and the platform's endpoints, got ${range === undefined ? 'the prefix list' : 'an address range'} ` +
      `${JSON.stringify(range ?? list)}; remove the rule [${who}-egress-open]`,
  ];
}

function ingressProblem(rule: Record): string {
  const from = rule.CidrIp ?? rule.CidrIpv6 ?? rule.SourceSecurityGroupId ?? rule.SourcePrefixListId ?? 'something';
  return (
    `agent.securityGroup: expected no ingress, got a rule from ${JSON.stringify(from)}: whoever may speak to the agent can steer it past ` +
    'its launcher; remove the rule [agent-ingress]'
  );
}

/** Services that run with this group and a public address. */
function publicAddresses(group: ISecurityGroup): string[] {
  const id = JSON.stringify(Stack.of(group).resolve(group.securityGroupId));
  return inStackOf(group, CfnService)
    .filter((service) => {
      const network = JSON.stringify(rendered(service).Properties.NetworkConfiguration ?? {});
      return network.includes(id) && network.includes('"AssignPublicIp":"ENABLED"');
    })
    .map(
      (service) =>
        `${service.node.path}: expected AssignPublicIp DISABLED, got ENABLED: an agent has no address but its network's own; set it back [agent-public-ip]`,
    );
}

function separate(
  group: ISecurityGroup,
  type: typeof CfnSecurityGroupEgress | typeof CfnSecurityGroupIngress,
): readonly Record[] {
  const id = JSON.stringify(Stack.of(group).resolve(group.securityGroupId));
  return inStackOf<CfnSecurityGroupEgress | CfnSecurityGroupIngress>(group, type)
    .map((found) => rendered(found).Properties)
    .filter((rule) => JSON.stringify(rule.GroupId) === id);
}

/** Resources of a type in the group's own stack: the ids of another don't compare. */
function inStackOf<T extends CfnService | CfnSecurityGroupEgress | CfnSecurityGroupIngress>(
  group: ISecurityGroup,
  // The library's classes have constructors that differ; only the prototype matters here.
  type: abstract new (...args: never[]) => T,
): T[] {
  return Stack.of(group)
    .node.findAll()
    .filter((found): found is T => found instanceof type)
    .filter((found) => Stack.of(found) === Stack.of(group));
}

function listOf(value: unknown): readonly Record[] {
  // Rules as CloudFormation has them; anything else has none of the properties asked for.
  return Array.isArray(value) ? (value as Record[]) : [];
}
