import { type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnTaskDefinition, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { looksLikeSecret } from '../policy';
import { execProblems } from './exec-problems';
import { groupProblems } from './group-problems';
import { hardeningProblems } from './hardening-problems';
import { rendered } from './rendered';
import { executionRoleProblems } from './role-problems';
import { unpinnedProblems } from './unpinned-problems';

/**
 * What must still be true of an agent after every aspect, injector and escape hatch. It reads what the template will hold.
 * `prefixLists`: those that the group leads to. Each answer is a sentence with a stable code; none: the agent is as it was built.
 */
export function agentProblems(
  definition: FargateTaskDefinition,
  group: ISecurityGroup,
  prefixLists: readonly string[],
): string[] {
  return [
    ...taskProblems(definition),
    ...hardeningProblems(definition, 'agent'),
    ...groupProblems(group, prefixLists),
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
    for (const prop of ['Secrets', 'EnvironmentFiles'].filter((one) => container[one] !== undefined)) {
      problems.push(
        `agent.${name}.${prop.charAt(0).toLowerCase()}${prop.slice(1)}: expected none, got some: the proxy injects credentials, the agent never holds one [agent-has-secret]`,
      );
    }
    problems.push(...keysInTheOpen(name, container.Environment));
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
