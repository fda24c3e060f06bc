import { CfnTaskDefinition, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { rendered } from './rendered';

/** Containers of a task whose image is no longer named by its digest: a tag can be moved to other bytes after the review. */
export function unpinnedProblems(definition: TaskDefinition, who: 'agent' | 'proxy'): string[] {
  const resource = definition.node.defaultChild;
  if (!(resource instanceof CfnTaskDefinition)) return [];
  const { ContainerDefinitions } = rendered(resource).Properties;
  // Containers as CloudFormation has them; of anything else nothing is known, and it is refused.
  const containers = (Array.isArray(ContainerDefinitions) ? ContainerDefinitions : [{}]) as {
    readonly Name?: unknown;
    readonly Image?: unknown;
  }[];
  return containers
    .filter(({ Image }) => !/@sha256:[0-9a-f]{64}/.test(JSON.stringify(Image ?? null)))
    .map(
      ({ Name, Image }) =>
        `${who}.${String(Name)}.image: expected a digest such as "name@sha256:<64 hex digits>", got ${JSON.stringify(Image ?? null)}: a tag can be moved to ` +
        'other bytes; give the image as a prop, and take back what overrides it [image-not-pinned]',
    );
}
