import type { Layout } from '../envoy';
import type { Policy } from '../policy';
import { CELL_LINK } from './addresses';
import type { RunOptions } from './options';
import { uplinkFrom } from './uplink';

/** Where this machine has the proxy listen: compile with it to see the bytes `run` would run. */
export function localLayout(options: Pick<RunOptions, 'network' | 'uplink'>): Layout {
  const { resolvers } = uplinkFrom(options.uplink);
  const common: Layout = {
    agent: 'local',
    awsCredentials: 'environment',
    ...(resolvers.length > 0 ? { resolvers } : {}),
  };
  if (options.network === 'none')
    return {
      ...common,
      gateway: { pipe: '../sockets/gateway.sock' },
      forwardProxy: { pipe: '../sockets/forward.sock' },
      transparent: false,
    };
  return {
    ...common,
    gateway: { address: CELL_LINK.proxy, port: CELL_LINK.gatewayPort },
    forwardProxy: { address: CELL_LINK.proxy, port: CELL_LINK.forwardPort },
    transparent: { address: CELL_LINK.transparent },
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
