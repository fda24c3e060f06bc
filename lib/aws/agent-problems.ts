import { type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnTaskDefinition, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { looksLikeSecret } from '../policy';
import { KEEPER_USER } from './agent-trust';
import { execProblems } from './exec-problems';
import { groupProblems } from './group-problems';
import { rendered } from './rendered';
import { executionRoleProblems } from './role-problems';
import { unpinnedProblems } from './unpinned-problems';

/**
 * What must still be true of an agent after every aspect, injector and escape hatch. It reads what the template will hold.
 * Each answer is a sentence with a stable code; none: the agent is as it was built.
 */
export function agentProblems(definition: FargateTaskDefinition, group: ISecurityGroup): string[] {
  return [
    ...taskProblems(definition),
    ...groupProblems(group),
    ...executionRoleProblems(definition.obtainExecutionRole()),
    ...execProblems(definition),
    ...unpinnedProblems(definition, 'agent'),
  ];
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
    problems.push(...keysInTheOpen(name, container.Environment));
    if (container.ReadonlyRootFilesystem !== true) {
      problems.push(`agent.${name}.readonlyRootFilesystem: expected true; set it back [agent-root-writable]`);
    }
    if (container.Privileged === true)
      problems.push(
        `agent.${name}.privileged: expected false, got true: it would share the machine's devices; remove it [agent-privileged]`,
      );
    // The container that brings the certificate runs as its image's own user, which owns the volume.
    const user = name === 'trust' ? KEEPER_USER : '1000:1000';
    if (container.User !== user) problems.push(`agent.${name}.user: expected "${user}"; set it back [agent-user]`);
  }
  return problems;
}

/** Variables that hold a key; the value is never shown. */
function keysInTheOpen(container: string, environment: unknown): string[] {
  const variables = Array.isArray(environment) ? (environment as { Name?: unknown; Value?: unknown }[]) : [];
  return variables
    .filter(({ Value }) => typeof Value === 'string' && looksLikeSecret(Value))
    .map(
      ({ Name }) =>
        `agent.${container}.environment.${String(Name)}: expected no secret, got a value shaped like a key: the agent and the template would hold it; ` +
        'name it in the policy and let the proxy inject it [agent-secret-in-plain-text]',
    );
}
