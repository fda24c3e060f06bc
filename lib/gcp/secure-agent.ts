import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import type { Policy } from '../policy';
import { AgentJob } from './agent-job';
import { AgentNetwork } from './agent-network';
import { AgentService } from './agent-service';
import type { AgentTrust } from './agent-trust';
import { AgentWorkerPool } from './agent-worker-pool';
import type { AgentWorkloadProps } from './agent-workload';
import { EgressNetwork } from './egress-network';
import { EgressProxy, type EgressProxyProps } from './egress-proxy';
import { EnvoyImage } from './envoy-image';
import type { Location } from './location';
import { PinnedImage } from './pinned-image';
import { needsInternet } from './ports';
import { ProxyWindow } from './proxy-window';

// Not published yet: no registry holds bytes of this digest, so a machine that names it never starts.
const UNPUBLISHED = `sha256:${'0'.repeat(64)}`;

export interface SecureAgentProps extends Pick<
  EgressProxyProps,
  'authorities' | 'count' | 'deletionProtection' | 'most' | 'secrets'
> {
  /** What the agent may reach. */
  readonly policy: Policy;
  readonly image: PinnedImage;
  /** First part of every resource's name. @default - the policy's */
  readonly name?: string;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Where the image has what its clients trust; false: base-URL clients alone. @default - fetched from the proxy first */
  readonly trust?: AgentTrust | false;
  /** Runs to completion, answers requests, or fetches its own work. @default 'job' */
  readonly kind?: 'job' | 'service' | 'workerPool';
  /** `twoVpc`: no route between agents and proxy. `sharedVpc`: one network, its deny rules the only wall. @default 'twoVpc' */
  readonly topology?: 'twoVpc' | 'sharedVpc';
  /** @default - a placeholder that never starts, with a warning: pin the digest you have reviewed */
  readonly envoy?: EnvoyImage;
  /** @default - a placeholder that never starts, with a warning: the keeper's image is not published yet */
  readonly keeper?: PinnedImage;
  /** @default - those of the stack's GoogleProvider */
  readonly location?: Location;
}

/** An agent in a network with no way out, the proxy in another, and the one window between them. */
export class SecureAgent extends Construct {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly window: ProxyWindow;
  readonly workload: AgentJob | AgentService | AgentWorkerPool;

  constructor(scope: Construct, id: string, props: SecureAgentProps) {
    super(scope, id);
    const name = props.name ?? props.policy.name;
    const placed = { name, ...(props.location ? { location: props.location } : {}) };
    this.network = new AgentNetwork(this, 'Network', placed);
    const shared = props.topology === 'sharedVpc';
    const egress = new EgressNetwork(this, 'Egress', {
      ...placed,
      internet: shared || needsInternet(props.policy),
      ...(shared ? { within: this.network } : {}),
    });
    this.proxy = new EgressProxy(this, 'Proxy', { ...props, ...this.images(props), network: egress });
    this.window = new ProxyWindow(this, 'Window', { network: this.network, proxy: this.proxy });
    this.workload = this.run(props.kind ?? 'job', {
      network: this.network,
      proxy: this.proxy,
      window: this.window,
      image: props.image,
      deletionProtection: props.deletionProtection ?? false,
      ...(props.command ? { command: props.command } : {}),
      ...(props.trust === undefined ? {} : { trust: props.trust }),
    });
  }

  private run(kind: 'job' | 'service' | 'workerPool', parts: AgentWorkloadProps): SecureAgent['workload'] {
    switch (kind) {
      case 'job':
        return new AgentJob(this, 'Agent', parts);
      case 'service':
        return new AgentService(this, 'Agent', parts);
      case 'workerPool':
        return new AgentWorkerPool(this, 'Agent', parts);
    }
  }

  private images({ envoy, keeper }: SecureAgentProps): Pick<EgressProxyProps, 'envoy' | 'keeper'> {
    if (!envoy) this.warn('envoy', 'EnvoyImage.of(PinnedImage.fromRegistry("…/envoy:distroless-v1.40.0@sha256:…"))');
    if (!keeper) this.warn('keeper', 'PinnedImage.fromRegistry("…-docker.pkg.dev/…/keeper@sha256:…")');
    const placeholder = (name: string): PinnedImage => PinnedImage.fromRegistry(`docker.io/${name}@${UNPUBLISHED}`);
    return {
      envoy: envoy ?? EnvoyImage.of(placeholder('envoyproxy/envoy:distroless-v1.40.0')),
      keeper: keeper ?? placeholder('anchorhold/keeper'),
    };
  }

  private warn(prop: string, example: string): void {
    Annotations.of(this).addWarning(
      `${prop}: a placeholder digest stands here and the proxy will not start; give ${prop}: ${example}`,
    );
  }
}
