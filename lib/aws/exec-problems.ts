import { Stack } from 'aws-cdk-lib';
import { CfnService, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { rendered } from './rendered';

/** Services of the app, wherever they stand, that run this task and allow ECS Exec: a tunnel into and out of it that no proxy sees. */
export function execProblems(definition: TaskDefinition): string[] {
  return definition.node.root.node
    .findAll()
    .filter((found): found is CfnService => found instanceof CfnService)
    .filter((service) => {
      const { EnableExecuteCommand, TaskDefinition: runs } = rendered(service).Properties;
      const own = Stack.of(service).resolve(definition.taskDefinitionArn) as unknown;
      return EnableExecuteCommand === true && JSON.stringify(runs) === JSON.stringify(own);
    })
    .map(
      (service) =>
        `${service.node.path}: expected ECS Exec off, got EnableExecuteCommand true: it is a tunnel past the proxy; remove it [exec-enabled]`,
    );
}
