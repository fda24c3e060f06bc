import { CloudRunV2WorkerPool } from '@cdktf/provider-google/lib/cloud-run-v2-worker-pool';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import { agentProblems } from './agent-problems';
import { type AgentWorkloadProps, agentParts } from './agent-workload';

export interface AgentWorkerPoolProps extends AgentWorkloadProps {
  /** Instances that run all the time. @default 1 */
  readonly instances?: number;
}

/** Agents that fetch their work themselves, by way of the window, and run until they are stopped. Nobody can call them. */
export class AgentWorkerPool extends Construct {
  readonly workerPool: CloudRunV2WorkerPool;
  readonly account: ServiceAccount;

  constructor(scope: Construct, id: string, props: AgentWorkerPoolProps) {
    super(scope, id);
    const parts = agentParts(this, 'pool', props);
    const { project, region } = props.network.location;
    this.account = parts.account;
    this.workerPool = new CloudRunV2WorkerPool(this, 'Pool', {
      name: parts.name,
      project,
      location: region,
      deletionProtection: parts.deletionProtection,
      labels: parts.labels,
      lifecycle: parts.lifecycle,
      dependsOn: [props.window.listener],
      scaling: { scalingMode: 'MANUAL', manualInstanceCount: props.instances ?? 1 },
      template: {
        ...parts.template,
        containers: [
          { ...parts.container, resources: { limits: parts.limits } },
          // The provider has no probe here: the agent may begin a moment before it can verify, and is refused till then.
          ...parts.trust.map(({ container, limits }) => ({ ...container, resources: { limits } })),
        ],
      },
    });
    this.node.addValidation({ validate: () => agentProblems(this, this.account, props.network) });
  }
}
