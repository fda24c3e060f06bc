import type { Layout } from '../envoy';
import type { Policy } from '../policy';
import { CELL_LINK } from './addresses';
import type { RunOptions } from './options';

/**
 * Where this machine has the proxy listen: compile with it to see the bytes `run` would run. It is the default layout, so
 * that they are the bytes a cloud runs too; the firewall, not the address, keeps the listeners to the cell's link.
 */
export function localLayout({ network, policy }: Pick<RunOptions, 'network' | 'policy'>): Layout {
  if (network === 'none')
    return {
      gateway: { pipe: '../sockets/gateway.sock' },
      forwardProxy: { pipe: '../sockets/forward.sock' },
      transparent: false,
    };
  const { proxy, transparent, gatewayPort, forwardPort } = CELL_LINK;
  if (!policy.upstreams.some(({ port }) => port === gatewayPort || port === forwardPort)) return {};
  // An upstream on a port of ours needs an address apart, which only this machine has.
  return {
    gateway: { address: proxy, port: gatewayPort },
    forwardProxy: { address: proxy, port: forwardPort },
    transparent: { address: transparent },
  };
}

/** Ports the transparent way listens on: those of the upstreams, and 80 for a readable refusal. */
export function transparentPorts(policy: Policy): readonly number[] {
  return [...new Set([80, ...policy.upstreams.map(({ port }) => port)])].sort((a, b) => a - b);
}

/** Private ranges that the policy lists. */
export function allowedRanges(policy: Policy): readonly string[] {
  return [...new Set(policy.upstreams.flatMap(({ addresses }) => (addresses === 'public' ? [] : addresses)))].sort();
}
