import { CfnService } from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { rendered } from './rendered';

/** Services under `scope` that allow ECS Exec: a tunnel into and out of the task that no proxy sees. */
export function execProblems(scope: IConstruct): string[] {
  return scope.node
    .findAll()
    .filter((found): found is CfnService => found instanceof CfnService)
    .filter((service) => rendered(service).Properties.EnableExecuteCommand === true)
    .map(
      (service) =>
        `${service.node.path}: expected ECS Exec off, got EnableExecuteCommand true: it is a tunnel past the proxy; remove it [exec-enabled]`,
    );
}
