import { type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnSecurityGroup, CfnSecurityGroupEgress } from 'aws-cdk-lib/aws-ec2';
import { CfnTaskDefinition, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { KEEPER_USER } from './agent-trust';
import { SENTINEL_EGRESS } from './closed-security-group';
import { execProblems } from './exec-problems';
import { rendered } from './rendered';

/**
 * What must still be true of an agent after every aspect, injector and escape hatch. It reads what the template will hold.
 * Each answer is a sentence with a stable code; none: the agent is as it was built.
 */
export function agentProblems(scope: Construct, definition: FargateTaskDefinition, group: ISecurityGroup): string[] {
  return [...taskProblems(definition), ...groupProblems(group), ...execProblems(scope)];
}

function taskProblems(definition: FargateTaskDefinition): string[] {
  const resource = definition.node.defaultChild;
  if (!(resource instanceof CfnTaskDefinition))
    return ['agent: expected a task definition resource [agent-task-missing]'];
  const { Properties } = rendered(resource);
  const problems: string[] = [];
  if (Properties.TaskRoleArn !== undefined) {
    problems.push(
      'agent.taskRole: expected none, got a role: the agent’s code would hold its credentials; remove it [agent-has-role]',
    );
  }
  const containers = Array.isArray(Properties.ContainerDefinitions) ? Properties.ContainerDefinitions : [];
  for (const container of containers as Partial<Record<string, unknown>>[]) {
    const name = typeof container.Name === 'string' ? container.Name : 'container';
    if (container.Secrets !== undefined) {
      problems.push(
        `agent.${name}.secrets: expected none, got some: the proxy injects credentials, the agent never holds one [agent-has-secret]`,
      );
    }
    if (container.ReadonlyRootFilesystem !== true) {
      problems.push(`agent.${name}.readonlyRootFilesystem: expected true; set it back [agent-root-writable]`);
    }
    if (container.Privileged === true)
      problems.push(`agent.${name}.privileged: expected false, got true [agent-privileged]`);
    // The container that brings the certificate runs as its image's own user, which owns the volume.
    const user = name === 'trust' ? KEEPER_USER : '1000:1000';
    if (container.User !== user) problems.push(`agent.${name}.user: expected "${user}"; set it back [agent-user]`);
  }
  return problems;
}

function groupProblems(group: ISecurityGroup): string[] {
  const resource = group.node.defaultChild;
  if (!(resource instanceof CfnSecurityGroup)) return ['agent: expected a security group resource [group-not-found]'];
  const inline = rendered(resource).Properties.SecurityGroupEgress;
  const rules: unknown[] = Array.isArray(inline) ? inline : [];
  if (rules.length === 0) {
    return [
      'agent.securityGroup: expected an egress rule in the group itself, got none: the group is allow-all when it is made [group-without-egress]',
    ];
  }
  const groupId: unknown = Stack.of(group).resolve(group.securityGroupId);
  const separate = group.node.root.node
    .findAll()
    .filter((found): found is CfnSecurityGroupEgress => found instanceof CfnSecurityGroupEgress)
    .filter((found) => Stack.of(found) === Stack.of(group))
    .map((found) => rendered(found).Properties)
    .filter((rule) => JSON.stringify(rule.GroupId) === JSON.stringify(groupId));
  return [...rules, ...separate]
    .map(cidrOf)
    .filter((cidr) => cidr !== undefined && cidr !== SENTINEL_EGRESS.cidrIp)
    .map(
      (cidr) =>
        `agent.securityGroup: expected egress only to the proxy and the platform's endpoints, got an address range ${JSON.stringify(cidr)}; ` +
        'remove the rule [agent-egress-open]',
    );
}

function cidrOf(rule: unknown): unknown {
  if (typeof rule !== 'object' || rule === null) return undefined;
  if ('CidrIp' in rule) return rule.CidrIp;
  return 'CidrIpv6' in rule ? rule.CidrIpv6 : undefined;
}
