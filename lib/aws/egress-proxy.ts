import type { Duration } from 'aws-cdk-lib';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import { FargatePlatformVersion, FargateService } from 'aws-cdk-lib/aws-ecs';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { compile, type Compiled, type Layout } from '../envoy';
import type { Policy } from '../policy';
import { addCluster } from './cluster';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EnvoyImage } from './envoy-image';
import { execProblems } from './exec-problems';
import type { PinnedImage } from './pinned-image';
import { ProxyFront } from './proxy-front';
import type { ProxyNetwork } from './proxy-network';
import { type ProxyPorts, proxyPorts } from './proxy-ports';
import { allowProxyNames, wallProblems } from './proxy-names';
import { openReach, reachProblems } from './proxy-reach';
import { ProxyTask } from './proxy-task';
import { signingStatements } from './signing-permissions';

export interface EgressProxyProps {
  readonly policy: Policy;
  /** An `EgressNetwork`, or the proxy's side of a `SharedNetwork`. */
  readonly network: ProxyNetwork;
  readonly envoy: EnvoyImage;
  readonly keeper: PinnedImage;
  /** Secrets that exist already, by the policy's name. @default - an empty one is made for each name */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** `SecureString`s of Parameter Store instead of secrets, by the policy's name; a key of yours needs `key.grantDecrypt(proxy)`. @default - none */
  readonly parameters?: Readonly<Record<string, IParameter>>;
  /** PEM certificates of the authorities the policy names as `ca`. @default - none */
  readonly authorities?: Readonly<Record<string, string>>;
  /** Whether the policy's names resolve to the proxy in the agents' network. @default true, but for a `SharedNetwork`, which can't */
  readonly transparent?: boolean;
  /** Tasks at least, spread over the zones. @default 2 */
  readonly desiredCount?: number;
  /** Tasks at most: more are started at 50 % of their processors. @default - three times `desiredCount` */
  readonly maxCount?: number;
  /** How long streams may go on when a task is replaced; up to an hour. @default 10 minutes */
  readonly drain?: Duration;
}

/**
 * The window: Envoy with the compiled policy as a Fargate service of its own network, its secrets readable by it alone.
 * As an `IGrantable` it is the proxy's task role: what SigV4 upstreams other than Bedrock need is granted to it.
 */
export class EgressProxy extends Construct implements IGrantable, IConnectable {
  readonly network: ProxyNetwork;
  readonly policy: Policy;
  /** Where Envoy listens: the default layout, so that the bytes are those of any other place. */
  readonly layout: Layout;
  /** What Envoy runs: the task carries exactly these files. */
  readonly compiled: Compiled;
  readonly ports: ProxyPorts;
  readonly keeper: PinnedImage;
  readonly task: ProxyTask;
  readonly service: FargateService;
  readonly front: ProxyFront;
  readonly grantPrincipal: IPrincipal;
  /** Of the proxy's own tasks. */
  readonly connections: Connections;

  constructor(scope: Construct, id: string, props: EgressProxyProps) {
    super(scope, id);
    const transparent = props.transparent ?? props.network.garden === undefined;
    const problems = [
      ...reachProblems(this, props),
      ...wallProblems(props.policy, props.network, transparent),
      ...countProblems(props),
    ];
    if (problems.length > 0) throw new Error(problems.join('\n'));
    this.policy = props.policy;
    this.network = props.network;
    this.keeper = props.keeper;
    this.ports = proxyPorts(props.policy, transparent);
    this.layout = transparent ? {} : { transparent: false };
    this.compiled = compile(props.policy, this.layout);
    this.task = new ProxyTask(this, 'Task', {
      ...props,
      compiled: this.compiled,
      ports: this.ports.all,
      encryptionKey: props.network.encryptionKey,
    });
    this.grantPrincipal = this.task.role;
    for (const statement of signingStatements(this, props.policy)) this.task.role.addToPolicy(statement);
    const { vpc } = props.network;
    const securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc, description: 'Egress proxy' });
    this.connections = securityGroup.connections;
    allowProxyNames(this, { ...props, task: this.task, compiled: this.compiled });
    openReach(this, { ...props, task: this.task, securityGroup });
    this.service = this.addService(props, securityGroup);
    this.front = new ProxyFront(this, 'Front', {
      network: props.network,
      service: this.service,
      securityGroup,
      ports: this.ports.all,
      ...(props.drain ? { drain: props.drain } : {}),
    });
    this.node.addValidation({ validate: () => execProblems(this.task.definition) });
  }

  private addService(props: EgressProxyProps, securityGroup: ClosedSecurityGroup): FargateService {
    const desiredCount = props.desiredCount ?? 2;
    const service = new FargateService(this, 'Service', {
      cluster: addCluster(this, props.network),
      taskDefinition: this.task.definition,
      desiredCount,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [securityGroup],
      vpcSubnets: props.network.subnets,
      assignPublicIp: false,
      enableExecuteCommand: false,
      platformVersion: FargatePlatformVersion.LATEST,
    });
    service
      .autoScaleTaskCount({ minCapacity: desiredCount, maxCapacity: props.maxCount ?? 3 * desiredCount })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
    return service;
  }
}

/** Without a task no agent gets anywhere; and a load balancer drains an hour at most. */
function countProblems({ desiredCount = 2, maxCount = 3 * desiredCount, drain }: EgressProxyProps): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(desiredCount) || desiredCount < 1 || !Number.isInteger(maxCount) || maxCount < desiredCount) {
    problems.push(
      `desiredCount: expected 1 task or more, and maxCount no fewer, got ${desiredCount} and ${maxCount}; two stand in two zones [proxy-count]`,
    );
  }
  if (drain && drain.toSeconds() > 3600)
    problems.push(
      `drain: expected an hour at most, which a load balancer waits, got ${drain.toSeconds()} seconds [proxy-drain]`,
    );
  return problems;
}
