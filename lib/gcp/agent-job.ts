import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { CloudRunV2JobIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-member';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import { agentProblems } from './agent-problems';
import { type AgentWorkloadProps, agentParts } from './agent-workload';
import { checkInvoker, INVOKER_ROLE, invokerId } from './invoker';
import type { Location } from './location';

export interface AgentJobProps extends AgentWorkloadProps {
  /** How long a run may take, at most 168 hours. @default 3600 */
  readonly timeoutSeconds?: number;
}

/** An agent that runs to completion on Cloud Run: a fresh machine a run, no role, no secret, nothing to reach but the window. */
export class AgentJob extends Construct {
  readonly job: CloudRunV2Job;
  readonly account: ServiceAccount;
  private readonly location: Location;

  constructor(scope: Construct, id: string, props: AgentJobProps) {
    super(scope, id);
    const parts = agentParts(this, 'job', props);
    this.location = props.network.location;
    this.account = parts.account;
    this.job = new CloudRunV2Job(this, 'Job', {
      name: parts.name,
      project: this.location.project,
      location: this.location.region,
      deletionProtection: parts.deletionProtection,
      labels: parts.labels,
      lifecycle: parts.lifecycle,
      // Without it a run would start before there is a window.
      dependsOn: [props.window.listener],
      template: {
        taskCount: 1,
        parallelism: 1,
        template: {
          ...parts.template,
          // A second try would meet what the first has done.
          maxRetries: 0,
          timeout: `${props.timeoutSeconds ?? 3600}s`,
          containers: [
            { ...parts.container, resources: { limits: parts.limits } },
            ...parts.trust.map(({ container, limits, startupProbe }) => ({
              ...container,
              startupProbe,
              resources: { limits },
            })),
          ],
        },
      },
    });
    this.node.addValidation({ validate: () => agentProblems(this, this.account, props.network) });
  }

  /** Lets an IAM member start runs as they are defined here, and change nothing of them. @throws Error `invoker-public` */
  grantRun(member: string): void {
    new CloudRunV2JobIamMember(this, invokerId(member), {
      name: this.job.name,
      project: this.location.project,
      location: this.location.region,
      role: INVOKER_ROLE,
      member: checkInvoker(member),
    });
  }
}
