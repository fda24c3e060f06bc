import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import { agentEnvironment } from './agent-environment';
import { AGENT_TAG, type AgentNetwork } from './agent-network';
import { type AgentTrust, FETCHED, needsTrust, type TrustParts, trustParts } from './agent-trust';
import { checkName, claimName } from './name';
import type { PinnedImage } from './pinned-image';
import type { EgressProxy } from './egress-proxy';
import type { ProxyWindow } from './proxy-window';
import { refuse } from './refusal';
import { environmentProblems, sizeProblems } from './workload-settings';
import { WORKLOAD_LABEL } from '../proof';

/** Set by us, so that a user's value can't lead past the proxy. */
const OURS = /^(?:HOME|.*_proxy|NODE_USE_ENV_PROXY|.*_BASE_URL)$/i;

/** What every kind of agent is made of. */
export interface AgentWorkloadProps {
  /** First part of the resources' names. @default - the network's */
  readonly name?: string;
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly window: ProxyWindow;
  readonly image: PinnedImage;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Plain settings, never a secret: the proxy injects those. @default - none beside the proxy's */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * What clients that come by CONNECT or by name trust beside the public roots: where the image has it; false: nothing,
   * which is enough for base-URL clients. @default - a container of keeper's image fetches it from the proxy first
   */
  readonly trust?: AgentTrust | false;
  /** 1, 2, 4 or 8. @default '1' */
  readonly cpu?: string;
  /** The file system is part of it. @default '2Gi' */
  readonly memory?: string;
  /** Whether Terraform may not delete it. @default false */
  readonly deletionProtection?: boolean;
}

/** Settings that jobs, services and worker pools share, in the platform's words. */
export interface AgentParts {
  readonly name: string;
  readonly account: ServiceAccount;
  readonly template: {
    readonly serviceAccount: string;
    readonly vpcAccess: {
      readonly egress: string;
      readonly networkInterfaces: { network: string; subnetwork: string; tags: string[] }[];
    };
    readonly volumes: { name: string; emptyDir: { medium: string; sizeLimit: string } }[];
  };
  readonly container: {
    readonly name: string;
    readonly image: string;
    readonly command?: string[];
    readonly dependsOn?: string[];
    readonly env: { name: string; value: string }[];
    readonly volumeMounts: { name: string; mountPath: string }[];
  };
  readonly limits: Record<string, string>;
  /** The container that fetches what the agent trusts; none when there is nothing to fetch. */
  readonly trust: readonly TrustParts[];
  readonly deletionProtection: boolean;
  /** So that `anchorhold prove` knows without being told. */
  readonly labels: Record<string, string>;
  /** gcloud writes its own name here: not a drift. */
  readonly lifecycle: { readonly ignoreChanges: string[] };
}

/**
 * Makes the agent's account, which has no role anywhere, and what its three kinds share.
 * @throws Error with every problem: `name-invalid`, `name-taken`, `environment-…`, `cpu-invalid`, `memory-invalid`
 */
export function agentParts(scope: Construct, kind: string, props: AgentWorkloadProps): AgentParts {
  const { network, window } = props;
  const name = checkName(props.name ?? network.name);
  claimName(scope, `agent ${kind}`, name);
  const cpu = props.cpu ?? '1';
  const memory = props.memory ?? '2Gi';
  refuse([...environmentProblems(props.environment ?? {}, OURS), ...sizeProblems(cpu, memory)]);
  const account = new ServiceAccount(scope, 'Account', {
    accountId: `${name}-${kind}`,
    project: network.location.project,
    displayName: `Agent ${name}: no role anywhere`,
  });
  const { policy, keeper } = props.proxy;
  const fetches = props.trust === undefined && needsTrust(policy);
  const trust = fetches ? [trustParts(kind, window.address, keeper.reference)] : [];
  const trusted = fetches ? FETCHED : props.trust || undefined;
  const environment = { ...props.environment, ...agentEnvironment(policy, window.address, trusted) };
  return {
    name: `${name}-${kind}`,
    account,
    template: {
      serviceAccount: account.email,
      vpcAccess: {
        // Left out, the platform takes PRIVATE_RANGES_ONLY, which sends public destinations past every route and rule.
        egress: 'ALL_TRAFFIC',
        // By name: an id is known only after the network is made.
        networkInterfaces: [{ network: network.network.name, subnetwork: network.subnetwork.name, tags: [AGENT_TAG] }],
      },
      volumes: [
        { name: 'tmp', emptyDir: { medium: 'MEMORY', sizeLimit: '256Mi' } },
        ...trust.map(({ volume }) => volume),
      ],
    },
    container: {
      name: 'agent',
      image: props.image.reference,
      ...(props.command ? { command: [...props.command] } : {}),
      env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...trust.map(({ volumeMount }) => volumeMount)],
      ...(fetches ? { dependsOn: trust.map(({ container }) => container.name) } : {}),
    },
    limits: { cpu, memory },
    trust,
    deletionProtection: props.deletionProtection ?? false,
    labels: { [WORKLOAD_LABEL]: 'agent' },
    lifecycle: { ignoreChanges: ['client', 'client_version'] },
  };
}
