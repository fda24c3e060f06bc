import { FargatePlatformVersion, FargateService } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { AgentTask } from './agent-task';

export interface AgentServiceProps {
  readonly task: AgentTask;
  /** @default 1 */
  readonly desiredCount?: number;
}

/** An agent that is kept running: the same task, started again when it ends, in the network it may be in. */
export class AgentService extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, { task, desiredCount }: AgentServiceProps) {
    super(scope, id);
    this.service = new FargateService(this, 'Service', {
      cluster: task.cluster,
      taskDefinition: task.definition,
      desiredCount: desiredCount ?? 1,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [task.securityGroup],
      vpcSubnets: task.network.subnets,
      assignPublicIp: false,
      enableExecuteCommand: false,
      platformVersion: FargatePlatformVersion.LATEST,
    });
  }
}
