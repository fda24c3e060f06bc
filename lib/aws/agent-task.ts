import { Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AwsLogDriverMode,
  CfnTaskDefinition,
  type ContainerDefinition,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { agentEnvironment } from './agent-environment';
import { agentProblems } from './agent-problems';
import type { AgentNetwork } from './agent-network';
import { addTrust } from './agent-trust';
import { addCluster } from './cluster';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EgressProxy } from './egress-proxy';
import { addLog } from './encrypted-log';
import type { PinnedImage } from './pinned-image';
import type { ProxyWindow } from './proxy-window';
import { taskTrust } from './task-trust';
import { addWorkloadContainer } from './workload-container';
import { markWorkload } from './workload-mark';
import type { Workspace } from './workspace';

/** Name of the agent's container. */
export const AGENT_CONTAINER = 'agent';

export interface AgentTaskProps {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly window: ProxyWindow;
  /** Of an ECR repository: the network reaches no other registry. */
  readonly image: PinnedImage;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Where it may write and run what it wrote. @default - nowhere but `/tmp`, which is small and runs nothing */
  readonly workspace?: Workspace;
  /** A cluster that exists already. @default - one of its own */
  readonly cluster?: ICluster;
  /** CPU units. @default 1024 */
  readonly cpu?: number;
  /** @default 4096 */
  readonly memoryLimitMiB?: number;
}

/** An agent that runs to completion on Fargate: a fresh machine a run, no role, no secret, and nothing to reach but the window. */
export class AgentTask extends Construct {
  readonly cluster: ICluster;
  readonly network: AgentNetwork;
  readonly definition: FargateTaskDefinition;
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, props: AgentTaskProps) {
    super(scope, id);
    const repository = checkedRepository(props);
    this.network = props.network;
    this.cluster = props.cluster ?? addCluster(this, props.network);
    this.definition = this.defineTask(props);
    const logGroup = addLog(this, 'Log', props.network.encryptionKey);
    const agent = this.addAgent(props, logGroup);
    addTrust(this, { ...props, definition: this.definition, agent, logGroup });
    const securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc: props.network.vpc,
      description: 'Agents',
    });
    this.securityGroup = securityGroup;
    const output = props.workspace?.output;
    if (output) {
      const sourceVolume = output.store.mountIn(this.definition, securityGroup, props.network);
      agent.addMountPoints({ containerPath: output.path, sourceVolume, readOnly: false });
    }
    props.window.allowFrom(securityGroup);
    props.network.endpoints.allowFrom(securityGroup);
    props.network.endpoints.allowPull(repository);
    props.network.endpoints.allowLog(logGroup);
    this.node.addValidation({
      validate: () => agentProblems(this.definition, securityGroup, [props.network.endpoints.s3PrefixListId]),
    });
  }

  private defineTask(props: AgentTaskProps): FargateTaskDefinition {
    const definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: props.cpu ?? 1024,
      memoryLimitMiB: props.memoryLimitMiB ?? 4096,
      enableFaultInjection: false,
      ...(props.workspace?.kind === 'disk' ? { ephemeralStorageGiB: props.workspace.size.toGibibytes() } : {}),
      executionRole: new Role(this, 'ExecutionRole', { assumedBy: taskTrust(this) }),
      // The library always makes a task role, and with it the agent's code holds credentials: name one that isn't there, then leave it out.
      taskRole: Role.fromRoleArn(this, 'NoRole', `arn:${Stack.of(this).partition}:iam::000000000000:role/none`, {
        mutable: false,
      }),
    });
    const resource = definition.node.defaultChild;
    if (!(resource instanceof CfnTaskDefinition))
      throw new Error(`${this.node.path}: expected a task definition [agent-task-missing]`);
    resource.taskRoleArn = undefined;
    markWorkload(definition, 'agent');
    return definition;
  }

  private addAgent(props: AgentTaskProps, logGroup: LogGroup): ContainerDefinition {
    const { workspace } = props;
    const { path = '', size } = workspace ?? {};
    const agent = addWorkloadContainer(
      this.definition,
      AGENT_CONTAINER,
      {
        image: props.image.image,
        ...(props.command ? { command: [...props.command] } : {}),
        environment: { ...agentEnvironment(props.proxy.policy, props.window.name) },
        // A log that can't be written must not stall the agent.
        logging: LogDrivers.awsLogs({ streamPrefix: 'agent', logGroup, mode: AwsLogDriverMode.NON_BLOCKING }),
      },
      workspace?.kind === 'memory' && size ? [{ path, mebibytes: size.toMebibytes(), runnable: true }] : [],
    );
    if (workspace?.kind === 'disk') {
      this.definition.addVolume({ name: 'workspace' });
      agent.addMountPoints({ containerPath: path, sourceVolume: 'workspace', readOnly: false });
    }
    return agent;
  }
}

/** The image's repository, when all that a task is made of fits together; throws with every problem. */
function checkedRepository(props: AgentTaskProps): IRepository {
  const { repository } = props.image;
  const problems = [...repositoryProblems(props), ...windowProblems(props), ...memoryProblems(props)];
  if (repository && problems.length === 0) return repository;
  throw new Error(problems.join('\n'));
}

/** The agents' network reaches no registry but ECR: both images of the task must be there. */
function repositoryProblems({ image, proxy }: AgentTaskProps): string[] {
  const foreign = [
    ['image', image.repository],
    ['keeper', proxy.keeper.repository],
  ] as const;
  return foreign.flatMap(([name, repository]) =>
    repository
      ? []
      : [
          `${name}: expected an image of an ECR repository, got another registry: the agent network reaches no other; copy the image [image-not-in-ecr]`,
        ],
  );
}

/** A window of another proxy would tell the agent of one policy and hold it to another. */
function windowProblems({ window, network, proxy }: AgentTaskProps): string[] {
  const got = [
    ...(window.proxy === proxy ? [] : [`the proxy ${window.proxy.node.path}`]),
    ...(window.network === network ? [] : [`the network ${window.network.node.path}`]),
  ];
  if (got.length === 0) return [];
  return [
    `window: expected one of ${proxy.node.path} in ${network.node.path}, got one of ${got.join(' and ')}; make a ProxyWindow of this proxy in this network [window-mismatch]`,
  ];
}

/** What is in memory counts as the task's. */
function memoryProblems({ workspace, memoryLimitMiB = 4096 }: AgentTaskProps): string[] {
  if (workspace?.kind !== 'memory' || workspace.size.toMebibytes() < memoryLimitMiB) return [];
  return [
    `workspace: expected less than the task's ${memoryLimitMiB} MiB, which it is part of, got ${workspace.size.toMebibytes()} MiB; raise memoryLimitMiB, or use Workspace.disk [workspace-size]`,
  ];
}
