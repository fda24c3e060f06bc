import type { Policy } from '../policy';

/** Base-URL way. */
export const GATEWAY_PORT = 8080;
/** CONNECT way. */
export const FORWARD_PROXY_PORT = 3128;
/** Transparent way: a refusal that can be read. */
const CLEAR_PORT = 80;
/** ECS attaches no more target groups to one service. */
const MOST_PORTS = 5;

/** The ports on which agents reach the proxy. */
export interface ProxyPorts {
  readonly all: readonly number[];
  /** Those of the transparent way; empty when it is off. */
  readonly transparent: readonly number[];
}

/**
 * The ports for a policy. One task has one address, so an upstream's port can't be one of the proxy's own.
 * @throws Error with every problem: `port-taken`, `too-many-ports`
 */
export function proxyPorts(policy: Policy, transparent: boolean): ProxyPorts {
  const own = [GATEWAY_PORT, FORWARD_PROXY_PORT];
  if (!transparent) return { all: own, transparent: [] };
  const upstream = [...new Set(policy.upstreams.map(({ port }) => port))].sort((a, b) => a - b);
  const taken = policy.upstreams.filter(({ port }) => own.includes(port));
  const problems = taken.map(
    ({ host, port }) =>
      `policy.upstreams(${host}).port: expected a port that isn't the proxy's own ${own.join(' or ')}, got ${port}: ` +
      'set transparent: false, and its clients come by CONNECT or base URL [port-taken]',
  );
  if (upstream.length + own.length > MOST_PORTS) {
    problems.push(
      `policy.upstreams: expected at most ${MOST_PORTS - own.length} different ports, got ${upstream.join(', ')}: ECS attaches ` +
        `${MOST_PORTS} ports to a service and the proxy has ${own.length} of its own; set transparent: false, or split the policy over several proxies [too-many-ports]`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  // The readable refusal is a kindness: it goes first when ports are short.
  const room = upstream.length + own.length < MOST_PORTS;
  const ports = room && !upstream.includes(CLEAR_PORT) ? [CLEAR_PORT, ...upstream] : upstream;
  return { all: [...own, ...ports], transparent: ports };
}
