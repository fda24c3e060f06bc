import { Stack } from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { CfnTaskDefinition, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { rendered } from './rendered';

/**
 * Containers of a task whose image is no longer named by its digest: a tag can be moved to other bytes after the review.
 * An image that this app builds has the hash of its folder for a tag, which the bootstrap's repository keeps where it is.
 */
export function unpinnedProblems(definition: TaskDefinition, who: 'agent' | 'proxy'): string[] {
  const resource = definition.node.defaultChild;
  if (!(resource instanceof CfnTaskDefinition)) return [];
  const { ContainerDefinitions } = rendered(resource).Properties;
  // Containers as CloudFormation has them; of anything else nothing is known, and it is refused.
  const containers = (Array.isArray(ContainerDefinitions) ? ContainerDefinitions : [{}]) as {
    readonly Name?: unknown;
    readonly Image?: unknown;
  }[];
  const built = imagesBuilt(definition);
  return containers
    .filter(({ Image }) => !/@sha256:[0-9a-f]{64}/.test(JSON.stringify(Image ?? null)))
    .filter(({ Image }) => !built.has(JSON.stringify(Image)))
    .map(
      ({ Name, Image }) =>
        `${who}.${String(Name)}.image: expected a digest such as "name@sha256:<64 hex digits>", got ${JSON.stringify(Image ?? null)}: a tag can be moved to ` +
        'other bytes; give the image as a prop, and take back what overrides it [image-not-pinned]',
    );
}

/** Images that this app builds, as the template names them. */
function imagesBuilt(definition: TaskDefinition): ReadonlySet<string> {
  const assets = definition.node.root.node.findAll().filter((found) => found instanceof DockerImageAsset);
  return new Set(assets.map(({ imageUri }) => JSON.stringify(Stack.of(definition).resolve(imageUri))));
}
