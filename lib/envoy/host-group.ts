import type { InterceptUpstream, Upstream } from '../policy';
import { isWildcard } from './wildcard';

/** bench/compile-size.ts: more saves little, and makes the leaf and each request's walk over the injectors longer. */
const HOSTS_PER_GROUP = 32;

/** Hosts of one port that share a filter chain, a leaf certificate and a connection manager. */
export interface HostGroup {
  readonly name: string;
  readonly port: number;
  readonly upstreams: readonly InterceptUpstream[];
}

/** The intercepted upstreams of a policy in groups, the same for every way in. A wildcard is alone. */
export function groupHosts(upstreams: readonly Upstream[]): readonly HostGroup[] {
  const groups: HostGroup[] = [];
  const byPort = new Map<number, InterceptUpstream[]>();
  for (const upstream of upstreams) {
    if (upstream.tls !== 'intercept') continue;
    const { host, port } = upstream;
    if (isWildcard(upstream)) {
      groups.push({ name: `${port}_${host.replace('*', '_')}`, port, upstreams: [upstream] });
      continue;
    }
    const members = byPort.get(port);
    if (members === undefined) byPort.set(port, [upstream]);
    else members.push(upstream);
  }
  for (const [port, members] of byPort) {
    for (let start = 0; start < members.length; start += HOSTS_PER_GROUP) {
      const name = `${port}_${start / HOSTS_PER_GROUP}`;
      groups.push({ name, port, upstreams: members.slice(start, start + HOSTS_PER_GROUP) });
    }
  }
  return groups;
}
