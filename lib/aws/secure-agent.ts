import { Annotations } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Policy } from '../policy';
import { AgentNetwork } from './agent-network';
import { AgentTask } from './agent-task';
import { EgressNetwork } from './egress-network';
import { EgressProxy } from './egress-proxy';
import { EnvoyImage } from './envoy-image';
import { PinnedImage } from './pinned-image';
import { ProxyWindow } from './proxy-window';

// Not published yet: no registry holds bytes of this digest, so a task that names it never starts.
const UNPUBLISHED = `sha256:${'0'.repeat(64)}`;

export interface SecureAgentProps {
  /** What the agent may reach. */
  readonly policy: Policy;
  /** The agent, of an ECR repository. */
  readonly image: PinnedImage;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** @default - a placeholder that never starts, with a warning: pin the digest you have reviewed */
  readonly envoy?: EnvoyImage;
  /** @default - a placeholder that never starts, with a warning: the keeper's image is not published yet */
  readonly keeper?: PinnedImage;
  /** Secrets that exist already, by the policy's name. @default - an empty one is made for each name */
  readonly secrets?: Readonly<Record<string, ISecret>>;
}

/** An agent in a network with no way out, the proxy in another, and the one window between them. */
export class SecureAgent extends Construct {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly window: ProxyWindow;
  readonly task: AgentTask;

  constructor(scope: Construct, id: string, props: SecureAgentProps) {
    super(scope, id);
    if (!props.envoy)
      this.warn('envoy', 'EnvoyImage.of(PinnedImage.fromRegistry("…/envoy:distroless-v1.40.0@sha256:…"))');
    if (!props.keeper) this.warn('keeper', 'PinnedImage.fromEcrRepository(repository, "sha256:…")');
    this.network = new AgentNetwork(this, 'Network');
    this.proxy = new EgressProxy(this, 'Proxy', {
      policy: props.policy,
      network: new EgressNetwork(this, 'Egress'),
      envoy:
        props.envoy ?? EnvoyImage.of(PinnedImage.fromRegistry(`envoyproxy/envoy:distroless-v1.40.0@${UNPUBLISHED}`)),
      keeper: props.keeper ?? PinnedImage.fromRegistry(`anchorhold/keeper@${UNPUBLISHED}`),
      ...(props.secrets ? { secrets: props.secrets } : {}),
    });
    this.window = new ProxyWindow(this, 'Window', { network: this.network, proxy: this.proxy });
    this.task = new AgentTask(this, 'Agent', {
      network: this.network,
      proxy: this.proxy,
      window: this.window,
      image: props.image,
      ...(props.command ? { command: props.command } : {}),
    });
  }

  private warn(prop: string, example: string): void {
    Annotations.of(this).addWarningV2(
      `anchorhold:${prop}-placeholder`,
      `${prop}: a placeholder digest stands here and the proxy will not start; give ${prop}: ${example}`,
    );
  }
}
