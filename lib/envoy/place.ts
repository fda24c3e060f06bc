import type { Policy } from '../policy';
import type { Layout, ListenerAddress } from './layout';

const DEFAULT_SECRET_POLL = 1;
const DEFAULT_LEAF_POLL = 30;
/** A look at one file costs about 0.1 ms: more files, fewer looks, so that polling idles under 5 % of a core. */
const SECRETS_PER_SECOND = 250;
const LEAVES_PER_SECOND = 34;

/** A layout with every default written out. */
export interface Place {
  readonly agent: string;
  readonly digest: string;
  readonly policy: string;
  readonly gateway: ListenerAddress | undefined;
  readonly forwardProxy: ListenerAddress | undefined;
  readonly transparent: { readonly address: string } | undefined;
  readonly secretPoll: string;
  readonly leafPoll: string;
  readonly resolvers: readonly string[];
}

/** Writes the defaults of a layout out; polling intervals follow the number of upstreams. */
export function definePlace(policy: Policy, layout: Layout): Place {
  const count = policy.upstreams.length;
  const secrets = layout.secretPollSeconds ?? Math.max(DEFAULT_SECRET_POLL, Math.ceil(count / SECRETS_PER_SECOND));
  const leaves = layout.leafPollSeconds ?? Math.max(DEFAULT_LEAF_POLL, Math.ceil(count / LEAVES_PER_SECOND));
  return {
    agent: layout.agent ?? 'agent',
    digest: policy.digest,
    policy: policy.name,
    gateway: layout.gateway === false ? undefined : (layout.gateway ?? { address: '0.0.0.0', port: 8080 }),
    forwardProxy:
      layout.forwardProxy === false ? undefined : (layout.forwardProxy ?? { address: '0.0.0.0', port: 3128 }),
    transparent: layout.transparent === false ? undefined : (layout.transparent ?? { address: '0.0.0.0' }),
    secretPoll: `${secrets}s`,
    leafPoll: `${leaves}s`,
    resolvers: layout.resolvers ?? [],
  };
}
