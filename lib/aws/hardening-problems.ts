import { CfnTaskDefinition, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { KEEPER_USER } from './agent-trust';
import { rendered } from './rendered';
import { WORKLOAD_USER } from './workload-container';

type Fields = Readonly<Record<string, unknown>>;
/** As the first word of a problem. */
export type Workload = 'agent' | 'proxy' | 'tool';

/** Containers of a task as the template will hold them. */
export function renderedContainers(definition: TaskDefinition): readonly Fields[] {
  const resource = definition.node.defaultChild;
  if (!(resource instanceof CfnTaskDefinition)) return [];
  const { ContainerDefinitions } = rendered(resource).Properties;
  // As CloudFormation has them; anything else has none of the properties asked for.
  return Array.isArray(ContainerDefinitions) ? (ContainerDefinitions as Fields[]) : [];
}

/**
 * What was taken from the hardening of a task's containers after it was built. A container that was added must have it too;
 * beside a proxy's own two it is the adder's affair.
 */
export function hardeningProblems(definition: TaskDefinition, who: Workload): string[] {
  return [
    ...placeProblems(definition, who),
    ...renderedContainers(definition).flatMap((container) => {
      const name = typeof container.Name === 'string' ? container.Name : 'container';
      if (who === 'proxy' && name !== 'keeper' && name !== 'envoy') return [];
      return containerProblems(container, name, who);
    }),
  ];
}

/** On a machine of yours the task would find that machine's role and network. */
function placeProblems(definition: TaskDefinition, who: Workload): string[] {
  const resource = definition.node.defaultChild;
  if (!(resource instanceof CfnTaskDefinition)) return [];
  const { NetworkMode, RequiresCompatibilities } = rendered(resource).Properties;
  if (NetworkMode === 'awsvpc' && JSON.stringify(RequiresCompatibilities) === '["FARGATE"]') return [];
  return [
    `${who}.requiresCompatibilities: expected FARGATE alone, with networkMode "awsvpc": on another machine a task shares its network and its role; set both back [${who}-not-fargate]`,
  ];
}

function containerProblems(container: Fields, name: string, who: Workload): string[] {
  const problems: string[] = [];
  if (container.ReadonlyRootFilesystem !== true)
    problems.push(`${who}.${name}.readonlyRootFilesystem: expected true; set it back [${who}-root-writable]`);
  if (container.Privileged === true)
    problems.push(
      `${who}.${name}.privileged: expected false, got true: it would share the machine's devices; remove it [${who}-privileged]`,
    );
  // What runs keeper's image runs as its user, which owns the volume.
  const user = who === 'proxy' || name === 'trust' ? KEEPER_USER : WORKLOAD_USER;
  if (container.User !== user) problems.push(`${who}.${name}.user: expected "${user}"; set it back [${who}-user]`);
  const { Capabilities } = objectOf(container.LinuxParameters);
  const { Add, Drop } = objectOf(Capabilities);
  if (JSON.stringify(Drop) !== '["ALL"]' || (Array.isArray(Add) && Add.length > 0))
    problems.push(
      `${who}.${name}.linuxParameters.capabilities: expected to drop ALL and add none; set it back [${who}-capabilities]`,
    );
  if (
    who === 'proxy' &&
    !JSON.stringify(container.Ulimits ?? []).includes('{"HardLimit":0,"Name":"core","SoftLimit":0}')
  )
    problems.push(
      `proxy.${name}.ulimits: expected a limit of 0 for "core": a core file would hold every secret; set it back [proxy-core]`,
    );
  return problems;
}

function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
