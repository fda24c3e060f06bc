import type { InterceptUpstream, Policy } from '../policy';
import { credentialHeader } from './credential';

/**
 * Upstreams that may share one cluster: verified against the same authority, dialled at the same addresses, signed and
 * scrubbed alike. Sharing keeps memory flat: a cluster each costs a parsed CA bundle and a Lua machine each.
 */
export interface UpstreamClass {
  readonly name: string;
  readonly cache: string;
  readonly addresses: 'public' | readonly string[];
  readonly ca: string | undefined;
  readonly sigv4: { readonly service: string; readonly region: string } | undefined;
  /** Headers whose value is masked in answers; empty: no scrubbing. */
  readonly scrubbed: readonly string[];
  /** Largest body that a signer must hold. */
  readonly bufferBytes: number;
}

/** The classes of a policy, by upstream. */
export interface UpstreamClasses {
  readonly all: readonly UpstreamClass[];
  of(upstream: InterceptUpstream): UpstreamClass;
  /** Name of the resolver cache for these addresses. */
  cacheOf(addresses: 'public' | readonly string[]): string;
  readonly caches: ReadonlyMap<string, 'public' | readonly string[]>;
}

/** Groups the intercepted upstreams of a policy. */
export function classifyUpstreams(policy: Policy): UpstreamClasses {
  const caches = new Map<string, 'public' | readonly string[]>();
  const cacheNames = new Map<string, string>();
  const cacheOf = (addresses: 'public' | readonly string[]): string => {
    const key = JSON.stringify(addresses);
    const name = cacheNames.get(key) ?? (addresses === 'public' ? 'public' : `private_${caches.size}`);
    cacheNames.set(key, name);
    if (!caches.has(name)) caches.set(name, addresses);
    return name;
  };
  const groups = new Map<string, InterceptUpstream[]>();
  for (const upstream of policy.upstreams) {
    cacheOf(upstream.addresses);
    if (upstream.tls !== 'intercept') continue;
    const key = classKey(upstream);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [upstream]);
    else group.push(upstream);
  }
  const byKey = new Map(
    [...groups].map(([key, members], index) => [key, buildClass(members, `upstream_${index}`, cacheOf)]),
  );
  return {
    all: [...byKey.values()],
    caches,
    cacheOf,
    of(upstream) {
      const found = byKey.get(classKey(upstream));
      if (found === undefined) throw new Error(`upstream ${upstream.host}: expected one of the policy, got another`);
      return found;
    },
  };
}

/** A wildcard never shares a cluster with what carries a credential. */
function classKey(upstream: InterceptUpstream): string {
  const sigv4 = upstream.credential?.kind === 'sigv4' ? upstream.credential : undefined;
  return JSON.stringify([
    upstream.addresses,
    upstream.ca ?? null,
    sigv4 === undefined ? null : [sigv4.service, sigv4.region],
    upstream.credential === undefined ? null : upstream.scrub,
  ]);
}

function buildClass(
  members: readonly InterceptUpstream[],
  name: string,
  cacheOf: (addresses: 'public' | readonly string[]) => string,
): UpstreamClass {
  const [first] = members;
  if (first === undefined) throw new Error('upstream class: expected a member, got none');
  const { credential } = first;
  const scrubbed = members.flatMap((member) =>
    member.credential !== undefined && member.scrub ? [credentialHeader(member.credential).toLowerCase()] : [],
  );
  return {
    name,
    cache: cacheOf(first.addresses),
    addresses: first.addresses,
    ca: first.ca,
    sigv4: credential?.kind === 'sigv4' ? { service: credential.service, region: credential.region } : undefined,
    scrubbed: [...new Set(scrubbed)].sort(),
    bufferBytes: members.reduce((most, member) => Math.max(most, member.limits.requestBytes), 0),
  };
}

/** File of the authority that an upstream is verified against. */
export function authorityFile(ca: string | undefined): string {
  return ca === undefined ? 'authorities/public.pem' : `authorities/${ca === 'public' ? 'public~named' : ca}.pem`;
}
