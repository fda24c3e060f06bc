import type { Duration } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { AgentParts, BuiltAgent } from './agent-compute';
import { AgentLauncher } from './agent-launcher';
import { AgentTask } from './agent-task';

export interface FargateComputeProps {
  /** A cluster that exists already. @default - one of its own */
  readonly cluster?: ICluster;
  /** CPU units. @default 1024 */
  readonly cpu?: number;
  /** @default 4096 */
  readonly memoryLimitMiB?: number;
  /** A run that takes longer is stopped. @default 8 hours */
  readonly timeout?: Duration;
}

/** The agent as a Fargate task, and what starts it. */
export function buildFargate(scope: Construct, parts: AgentParts, props: FargateComputeProps): BuiltAgent {
  const { image, ...rest } = parts;
  if (!image) throw new Error('image: expected the agent’s image for Fargate, got none [image-missing]');
  const { timeout, ...size } = props;
  const task = new AgentTask(scope, 'Agent', { ...rest, ...size, image });
  return { task, launcher: new AgentLauncher(scope, 'Launcher', { task, ...(timeout ? { timeout } : {}) }) };
}
