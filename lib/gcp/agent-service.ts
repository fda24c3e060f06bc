import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import { agentProblems } from './agent-problems';
import { type AgentWorkloadProps, agentParts } from './agent-workload';
import { checkInvoker, INVOKER_ROLE, invokerId } from './invoker';
import { TRUST_PORT } from './agent-trust';
import type { Location } from './location';
import { refuse } from './refusal';

export interface AgentServiceProps extends AgentWorkloadProps {
  /** Where the agent listens. @default 8080 */
  readonly port?: number;
  /** How long one request may take, at most 3600. @default 3600 */
  readonly timeoutSeconds?: number;
  /** Instances at once: each takes one request, and four addresses of the agents' subnet. @default 5 */
  readonly maxInstances?: number;
}

/**
 * An agent that answers requests from inside the project, one at a time an instance, under gVisor. An instance serves one
 * caller after another: what must not meet belongs in an `AgentJob`, which has a fresh machine a run.
 */
export class AgentService extends Construct {
  readonly service: CloudRunV2Service;
  readonly account: ServiceAccount;
  private readonly location: Location;

  constructor(scope: Construct, id: string, props: AgentServiceProps) {
    super(scope, id);
    refuse(portProblems(props.port ?? 8080));
    const parts = agentParts(this, 'service', props);
    this.location = props.network.location;
    this.account = parts.account;
    this.service = new CloudRunV2Service(this, 'Service', {
      name: parts.name,
      project: this.location.project,
      location: this.location.region,
      deletionProtection: parts.deletionProtection,
      labels: parts.labels,
      lifecycle: parts.lifecycle,
      dependsOn: [props.window.listener],
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      invokerIamDisabled: false,
      template: {
        ...parts.template,
        // The generation that is gVisor; jobs and worker pools have no choice.
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN1',
        maxInstanceRequestConcurrency: 1,
        timeout: `${props.timeoutSeconds ?? 3600}s`,
        scaling: { minInstanceCount: 0, maxInstanceCount: props.maxInstances ?? 5 },
        containers: [
          {
            ...parts.container,
            ports: { containerPort: props.port ?? 8080 },
            // Both written out: left out beside limits, the processor is never taken away.
            resources: { limits: parts.limits, cpuIdle: true, startupCpuBoost: false },
            // The network may take a minute to come up.
            startupProbe: {
              tcpSocket: { port: props.port ?? 8080 },
              periodSeconds: 10,
              timeoutSeconds: 5,
              failureThreshold: 18,
            },
          },
          ...parts.trust.map(({ container, limits, startupProbe }) => ({
            ...container,
            startupProbe,
            resources: { limits, cpuIdle: true, startupCpuBoost: false },
          })),
        ],
      },
    });
    this.node.addValidation({ validate: () => agentProblems(this, this.account, props.network) });
  }

  /** Lets an IAM member call it. @throws Error `invoker-public` */
  grantInvoke(member: string): void {
    new CloudRunV2ServiceIamMember(this, invokerId(member), {
      name: this.service.name,
      project: this.location.project,
      location: this.location.region,
      role: INVOKER_ROLE,
      member: checkInvoker(member),
    });
  }
}

function portProblems(port: number): string[] {
  if (Number.isInteger(port) && port > 0 && port < 65_536 && port !== TRUST_PORT) return [];
  return [
    `port: expected a port other than ${TRUST_PORT}, where the container beside the agent shows that it is ready, got ${port} [port-taken]`,
  ];
}
