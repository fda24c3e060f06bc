import type { IGrantable, Grant } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { AgentNetwork } from './agent-network';
import type { AgentTask } from './agent-task';
import { buildFargate, type FargateComputeProps } from './fargate-compute';
import { gvisorBuilder, type GvisorComputeProps } from './gvisor-compute';
import { microvmBuilder, type MicrovmComputeProps } from './microvm-compute';
import type { EgressProxy } from './egress-proxy';
import type { PinnedImage } from './pinned-image';
import type { ProxyWindow } from './proxy-window';
import type { Workspace } from './workspace';

/** What a way of running agents offers; what it doesn't is refused where it is asked for. */
export interface ComputeOffers {
  /** Runs the image of an ECR repository that `image` names, with `command`. */
  readonly image: boolean;
  /** A run is given the text of its caller. */
  readonly input: boolean;
  /** Writes where a `Workspace` says, and hands over by an `OutputStore`. */
  readonly workspace: boolean;
  /** Is kept running by `AgentService`. */
  readonly service: boolean;
  /** Unmodified clients in it resolve the policy's names to the proxy. */
  readonly transparent: boolean;
  /** Starts by endpoints of AWS in the agents' network, which the agent then reaches too. */
  readonly platformEndpoints: boolean;
}

/** What an agent is built from, whatever it runs on. */
export interface AgentParts {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly window: ProxyWindow;
  /** @default - none, which Fargate refuses */
  readonly image?: PinnedImage;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** @default - nowhere but `/tmp` */
  readonly workspace?: Workspace;
}

/** Starts runs of an agent with everything fixed but, where it is offered, one text. */
export interface RunLauncher {
  readonly stateMachine: StateMachine;
  /** Lets `grantee` start runs: `states:StartExecution` on this launcher, and nothing else. */
  grantRun(grantee: IGrantable): Grant;
}

/** An agent that was built. */
export interface BuiltAgent {
  readonly launcher: RunLauncher;
  /** Undefined where it is no ECS task. */
  readonly task?: AgentTask;
}

/**
 * What an agent runs on. Whatever it is, the agent has no role, no secret, no address from outside, and a group that leads
 * to the proxy; runs are started by a launcher that leaves its caller no choice.
 */
export class AgentCompute {
  /** A Fargate task a run: a machine of its own, its image from ECR. The only one that takes a workspace or a service. */
  static fargate(props: FargateComputeProps = {}): AgentCompute {
    const offers = { image: true, input: true, workspace: true, service: true, transparent: true };
    return new AgentCompute('Fargate', { ...offers, platformEndpoints: true }, (scope, parts) =>
      buildFargate(scope, parts, props),
    );
  }

  /**
   * A Lambda MicroVM a run, without an execution role, its way out a connector into the agents' network, no way in.
   * Its image is built from a folder. **Not deployed yet.**
   * @throws Error `microvm-unsupported`, `base-image`, `run-timeout`, `image-holds-credentials`
   */
  static lambdaMicrovm(props: MicrovmComputeProps): AgentCompute {
    const offers = { image: false, input: true, workspace: false, service: false, transparent: true };
    return new AgentCompute('a Lambda MicroVM', { ...offers, platformEndpoints: false }, microvmBuilder(props));
  }

  /**
   * An EC2 instance a run, without instance profile and metadata service, that runs the agent under gVisor with no network and
   * one socket. Everything it needs is in a machine image of yours: see `gvisorMachineFiles`. **Not deployed yet.**
   * @throws Error `machine-image-not-pinned`, `run-timeout`
   */
  static ec2Gvisor(props: GvisorComputeProps): AgentCompute {
    const offers = { image: false, input: false, workspace: false, service: false, transparent: false };
    return new AgentCompute('EC2 with gVisor', { ...offers, platformEndpoints: false }, gvisorBuilder(props));
  }

  private constructor(
    /** As in messages. */
    readonly name: string,
    readonly offers: ComputeOffers,
    /** Makes the agent and its launcher in `scope`. */
    readonly build: (scope: Construct, parts: AgentParts) => BuiltAgent,
  ) {}

  /**
   * @throws Error with every prop that this can't honour: `image-missing`, `compute-image`, `compute-command`, `compute-workspace`
   */
  check({ image, command, workspace }: Pick<AgentParts, 'image' | 'command' | 'workspace'>): void {
    const { name, offers } = this;
    const problems: string[] = [];
    const refuse = (prop: string, why: string) => {
      problems.push(`${prop}: expected none for ${name}, got one: ${why} [compute-${prop}]`);
    };
    if (offers.image && !image)
      problems.push(`image: expected the agent's image for ${name}, got none; give a PinnedImage [image-missing]`);
    if (!offers.image && image) refuse('image', 'it runs what it was built with; leave image out');
    if (!offers.image && command) refuse('command', 'it runs what it was built with; leave command out');
    if (!offers.workspace && workspace)
      refuse('workspace', 'no volume can be put into it; leave workspace out, or use AgentCompute.fargate()');
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }
}
