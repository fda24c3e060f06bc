import { Peer, Port, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Cluster, FargatePlatformVersion, FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { compile, type Compiled } from '../envoy';
import type { Policy } from '../policy';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EgressNetwork } from './egress-network';
import type { EnvoyImage } from './envoy-image';
import { execProblems } from './exec-problems';
import type { PinnedImage } from './pinned-image';
import { ProxyFront } from './proxy-front';
import { ProxyTask } from './proxy-task';

/** Base-URL way. */
export const GATEWAY_PORT = 8080;
/** CONNECT way. */
export const FORWARD_PROXY_PORT = 3128;

export interface EgressProxyProps {
  readonly policy: Policy;
  readonly network: EgressNetwork;
  readonly envoy: EnvoyImage;
  readonly keeper: PinnedImage;
  /** Secrets that exist already, by the policy's name. @default - an empty one is made for each name */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** Tasks, spread over the zones. @default 2 */
  readonly desiredCount?: number;
}

/** The window: Envoy with the compiled policy as a Fargate service of its own network, its secrets readable by it alone. */
export class EgressProxy extends Construct {
  readonly policy: Policy;
  /** What Envoy runs: the task carries exactly these files. */
  readonly compiled: Compiled;
  readonly task: ProxyTask;
  readonly service: FargateService;
  readonly front: ProxyFront;

  constructor(scope: Construct, id: string, props: EgressProxyProps) {
    super(scope, id);
    const { vpc } = props.network;
    const ports = [GATEWAY_PORT, FORWARD_PROXY_PORT];
    this.policy = props.policy;
    this.compiled = compile(props.policy);
    this.task = new ProxyTask(this, 'Task', {
      compiled: this.compiled,
      envoy: props.envoy,
      keeper: props.keeper,
      ports,
      ...(props.secrets ? { secrets: props.secrets } : {}),
    });
    const securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc, description: 'Egress proxy' });
    for (const port of upstreamPorts(props.policy))
      securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'upstreams of the policy');
    this.service = new FargateService(this, 'Service', {
      cluster: new Cluster(this, 'Cluster', { vpc }),
      taskDefinition: this.task.definition,
      desiredCount: props.desiredCount ?? 2,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [securityGroup],
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      assignPublicIp: false,
      enableExecuteCommand: false,
      platformVersion: FargatePlatformVersion.LATEST,
    });
    this.front = new ProxyFront(this, 'Front', { vpc, service: this.service, securityGroup, ports });
    this.node.addValidation({ validate: () => execProblems(this) });
  }
}

/** 443 always: AWS's own services, and where tokens are fetched. */
function upstreamPorts(policy: Policy): readonly number[] {
  return [...new Set([443, ...policy.upstreams.map((upstream) => upstream.port)])].sort((a, b) => a - b);
}
