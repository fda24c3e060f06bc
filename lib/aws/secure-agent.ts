import { Annotations } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Policy } from '../policy';
import { AgentCompute, type BuiltAgent, type RunLauncher } from './agent-compute';
import type { AgentNetwork } from './agent-network';
import type { AgentTask } from './agent-task';
import { EgressProxy } from './egress-proxy';
import { EnvoyImage } from './envoy-image';
import { PinnedImage } from './pinned-image';
import { ProxyWindow } from './proxy-window';
import { Topology } from './topology';
import type { Workspace } from './workspace';

// No registry holds bytes of this digest, so a task that names it never starts.
const UNPUBLISHED = `sha256:${'0'.repeat(64)}`;

export interface SecureAgentProps {
  /** What the agent may reach. */
  readonly policy: Policy;
  /** The agent, of an ECR repository. @default - refused, but where `compute` holds what it runs */
  readonly image?: PinnedImage;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Where it may write and run what it wrote. @default - nowhere but `/tmp`, which is small and runs nothing */
  readonly workspace?: Workspace;
  /** @default - a placeholder that never starts, with a warning: pin the digest you have reviewed */
  readonly envoy?: EnvoyImage;
  /** @default - a placeholder that never starts, with a warning: build keeper's image and pin its digest */
  readonly keeper?: PinnedImage;
  /** Secrets that exist already, by the policy's name. @default - an empty one is made for each name */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** `SecureString`s of Parameter Store instead of secrets, by the policy's name; a key of yours needs `key.grantDecrypt(agent.proxy)`. @default - none */
  readonly parameters?: Readonly<Record<string, IParameter>>;
  /** PEM certificates of the authorities the policy names as `ca`. @default - none */
  readonly authorities?: Readonly<Record<string, string>>;
  /** What the agent runs on. @default AgentCompute.fargate() */
  readonly compute?: AgentCompute;
  /** One network or two. @default Topology.privateLink() */
  readonly topology?: Topology;
  /** Whether the policy's names resolve to the proxy in the agent's network. @default true, but for `Topology.sharedVpc()`, which can't */
  readonly transparent?: boolean;
}

/**
 * An agent in a network with no way out, the proxy in another, and the one window between them. A policy whose upstreams
 * are all private (services of AWS by their endpoints) has no internet anywhere.
 */
export class SecureAgent extends Construct {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly window: ProxyWindow;
  readonly launcher: RunLauncher;
  private readonly built: BuiltAgent;

  constructor(scope: Construct, id: string, props: SecureAgentProps) {
    super(scope, id);
    const { policy, secrets, parameters, authorities, transparent } = props;
    const compute = props.compute ?? AgentCompute.fargate();
    compute.check(props);
    const topology = props.topology ?? Topology.privateLink();
    const { platformEndpoints } = compute.offers;
    const { agents, egress } = topology.build(this, { internet: policy.upstreams.some(isPublic), platformEndpoints });
    this.network = agents;
    this.proxy = new EgressProxy(this, 'Proxy', {
      policy,
      network: egress,
      envoy: props.envoy ?? EnvoyImage.of(this.placeholder('envoy'), '1.40.0'),
      keeper: props.keeper ?? this.placeholder('keeper'),
      ...(secrets ? { secrets } : {}),
      ...(parameters ? { parameters } : {}),
      ...(authorities ? { authorities } : {}),
      ...(transparent === undefined ? {} : { transparent }),
    });
    this.window = new ProxyWindow(this, 'Window', { network: this.network, proxy: this.proxy });
    this.built = compute.build(this, {
      network: this.network,
      proxy: this.proxy,
      window: this.window,
      ...(props.image ? { image: props.image } : {}),
      ...(props.command ? { command: props.command } : {}),
      ...(props.workspace ? { workspace: props.workspace } : {}),
    });
    this.launcher = this.built.launcher;
  }

  /**
   * The ECS task that a run is.
   * @throws Error `compute-without-task` where the agent runs on something else
   */
  get task(): AgentTask {
    if (this.built.task) return this.built.task;
    throw new Error(
      'task: expected an agent on AgentCompute.fargate(), got another compute, which has no ECS task; start its runs by launcher [compute-without-task]',
    );
  }

  /** Lets `grantee` start runs, and nothing else: every run has this image, network and group. */
  grantRun(grantee: IGrantable): Grant {
    return this.launcher.grantRun(grantee);
  }

  private placeholder(name: 'envoy' | 'keeper'): PinnedImage {
    Annotations.of(this).addWarningV2(
      `anchorhold:${name}-placeholder`,
      `${name}: a placeholder digest stands here and the proxy will not start; copy the image to ECR and give ` +
        `${name}: ${name === 'envoy' ? 'EnvoyImage.of(' : ''}PinnedImage.fromEcrRepository(repository, "sha256:…")${name === 'envoy' ? ', "1.40.0")' : ''}`,
    );
    const repository = Repository.fromRepositoryName(this, `${name}-repository`, `anchorhold/${name}`);
    return PinnedImage.fromEcrRepository(repository, UNPUBLISHED);
  }
}

function isPublic({ addresses }: Policy['upstreams'][number]): boolean {
  return addresses === 'public';
}
