import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FargatePlatformVersion, FargateService, FargateTaskDefinition, LogDrivers, Secret } from 'aws-cdk-lib/aws-ecs';
import { type IGrantable, type IPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { agentEnvironment } from './agent-environment';
import type { AgentNetwork } from './agent-network';
import { addTrust } from './agent-trust';
import { addCluster } from './cluster';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EgressProxy } from './egress-proxy';
import { addLog } from './encrypted-log';
import { execProblems } from './exec-problems';
import { egressProblems } from './group-problems';
import { hardeningProblems } from './hardening-problems';
import { onlyReader } from './only-reader';
import type { PinnedImage } from './pinned-image';
import type { ProxyWindow } from './proxy-window';
import { secretProblems } from './secret-problems';
import { taskTrust } from './task-trust';
import { ToolFront } from './tool-front';
import { toolUpstream } from './tool-upstream';
import { addWorkloadContainer } from './workload-container';
import { markWorkload } from './workload-mark';

const CONTAINER = 'tool';

export interface ToolServerProps {
  /** Where it runs: a network without a way out, the agents' or one of its own. */
  readonly network: AgentNetwork;
  /** The agents' proxy: the only caller. */
  readonly proxy: EgressProxy;
  /** Its name in that proxy's policy, whose upstream lists the proxy's own network as `addresses`. */
  readonly host: string;
  /** An MCP or HTTP server, of an ECR repository. */
  readonly image: PinnedImage;
  /** For `host`: the balancer ends TLS with it. @default - the image ends TLS itself, with a certificate of the upstream's `ca` */
  readonly certificate?: ICertificate;
  /** Where the image listens. @default 8080 */
  readonly port?: number;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Variables without a secret. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Its credentials, by the variable that gets the value when a task starts. @default - none */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** Window in `network` to a proxy whose policy is the tool's own. @default - it calls nobody */
  readonly egress?: ProxyWindow;
  /** @default 1 */
  readonly desiredCount?: number;
}

/**
 * An MCP or HTTP tool with a credential and a role of its own, in its own task behind the agents' proxy: the authenticated
 * call happens outside the agent's boundary, and the agent may ask for it as far as the policy's rules go. It is an
 * `IGrantable`: what is granted to it is its own and never the agent's.
 * @throws Error with every problem: `tool-not-in-policy`, `tool-addresses`, `tool-identity`, `tool-egress-shared`, `secret-in-plain-text`,
 * `image-not-in-ecr`
 */
export class ToolServer extends Construct implements IGrantable {
  readonly definition: FargateTaskDefinition;
  readonly service: FargateService;
  readonly securityGroup: ISecurityGroup;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: ToolServerProps) {
    super(scope, id);
    const { upstream, repository } = toolUpstream(props);
    const { network, egress } = props;
    const role = new Role(this, 'Role', { assumedBy: taskTrust(this), description: `Tool ${props.host}` });
    const executionRole = new Role(this, 'ExecutionRole', { assumedBy: taskTrust(this) });
    this.grantPrincipal = role;
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: 512,
      memoryLimitMiB: 1024,
      enableFaultInjection: false,
      taskRole: role,
      executionRole,
    });
    markWorkload(this.definition, 'tool');
    const logGroup = addLog(this, 'Log', network.encryptionKey);
    this.addContainer(props, logGroup);
    const description = `Tool ${props.host}`;
    const securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc: network.vpc, description });
    this.securityGroup = securityGroup;
    network.endpoints.allowFrom(securityGroup);
    network.endpoints.allowPull(repository);
    network.endpoints.allowLog(logGroup);
    egress?.allowFrom(securityGroup);
    const secrets = Object.values(props.secrets ?? {});
    for (const secret of secrets) onlyReader(secret, executionRole);
    if (secrets.length > 0)
      network.endpoints.allowSecrets(
        secrets.map(({ secretArn }) => secretArn),
        securityGroup,
      );
    this.service = this.addService(props);
    new ToolFront(this, 'Front', { ...props, upstream, service: this.service, securityGroup, container: CONTAINER });
    this.node.addValidation({
      validate: () => [
        ...egressProblems(securityGroup, 'tool', [network.endpoints.s3PrefixListId]),
        ...hardeningProblems(this.definition, 'tool'),
        ...execProblems(this.definition),
        ...secretProblems(secrets),
      ],
    });
  }

  private addContainer(props: ToolServerProps, logGroup: LogGroup): void {
    const { egress, network, port = 8080 } = props;
    const secrets = Object.entries(props.secrets ?? {}).map(([name, secret]) => [
      name,
      Secret.fromSecretsManager(secret),
    ]);
    const tool = addWorkloadContainer(this.definition, CONTAINER, {
      image: props.image.image,
      ...(props.command ? { command: [...props.command] } : {}),
      environment: { ...(egress ? agentEnvironment(egress.proxy.policy, egress.name) : {}), ...props.environment },
      // The library's own type for what fromSecretsManager makes.
      secrets: Object.fromEntries(secrets) as Record<string, Secret>,
      portMappings: [{ containerPort: port }],
      logging: LogDrivers.awsLogs({ streamPrefix: 'tool', logGroup }),
    });
    if (egress) addTrust(this, { definition: this.definition, agent: tool, logGroup, window: egress, network });
  }

  private addService({ network, desiredCount }: ToolServerProps): FargateService {
    return new FargateService(this, 'Service', {
      cluster: addCluster(this, network),
      taskDefinition: this.definition,
      desiredCount: desiredCount ?? 1,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [this.securityGroup],
      vpcSubnets: network.subnets,
      assignPublicIp: false,
      enableExecuteCommand: false,
      platformVersion: FargatePlatformVersion.LATEST,
    });
  }
}
