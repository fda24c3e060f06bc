import { CfnTaskDefinition, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { WORKLOAD_MARK } from '../proof';

/** Notes in the template what a task definition is, so that `anchorhold prove` knows without being told. */
export function markWorkload(definition: TaskDefinition, kind: 'agent' | 'proxy' | 'tool'): void {
  const resource = definition.node.defaultChild;
  if (!(resource instanceof CfnTaskDefinition))
    throw new Error(`${definition.node.path}: expected a task definition resource [task-missing]`);
  resource.addMetadata(WORKLOAD_MARK, kind);
}
