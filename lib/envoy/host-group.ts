import type { InterceptUpstream, Upstream } from '../policy';
import { isWildcard, leafName } from './leaf';

/**
 * More would make a file of leaves slow to read and the list of injectors long to walk; fewer cost a connection manager
 * each, of about 60 KiB. Measured with bench/compile-size.ts.
 */
const HOSTS_PER_GROUP = Number(process.env['GROUP'] ?? 128);

/** Hosts of one port that share a filter chain, a connection manager and a file of leaves. */
export interface HostGroup {
  readonly name: string;
  readonly port: number;
  readonly upstreams: readonly InterceptUpstream[];
}

/** The intercepted upstreams of a policy in groups, the same for every way in. A wildcard is alone: its leaf isn't named by the TLS name. */
export function groupHosts(upstreams: readonly Upstream[]): readonly HostGroup[] {
  const groups: HostGroup[] = [];
  const byPort = new Map<number, InterceptUpstream[]>();
  for (const upstream of upstreams) {
    if (upstream.tls !== 'intercept') continue;
    const { host, port } = upstream;
    if (isWildcard(upstream)) {
      groups.push({ name: `${port}_${leafName(host)}`, port, upstreams: [upstream] });
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
