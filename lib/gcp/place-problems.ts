import type { Policy } from '../policy';
import { agentPorts, FORWARD_PROXY_PORT, GATEWAY_PORT, MOST_PORTS } from './ports';

/** What of a policy can't work on Google Cloud, a sentence each. */
export function placeProblems(policy: Policy, authorities: readonly string[]): string[] {
  const problems: string[] = [];
  const ports = agentPorts(policy);
  if (ports.length > MOST_PORTS) {
    problems.push(
      `policy: expected upstreams on at most ${MOST_PORTS - 3} ports, got the ports ${ports.join(', ')} for agents: a load balancer takes ${MOST_PORTS}; ` +
        'split the policy over several proxies [too-many-ports]',
    );
  }
  for (const port of [GATEWAY_PORT, FORWARD_PROXY_PORT]) {
    if (policy.upstreams.some((upstream) => upstream.port === port))
      problems.push(
        `policy: expected upstreams beside the proxy's own ports, got one on ${port}, where agents reach the proxy itself [port-taken]`,
      );
  }
  for (const upstream of policy.upstreams) {
    if (upstream.tls !== 'intercept') continue;
    if (upstream.credential?.kind === 'sigv4')
      problems.push(
        `policy: ${upstream.host} expects a signature of AWS, got a proxy on Google Cloud, which has no AWS identity; run this policy on AWS [sigv4-elsewhere]`,
      );
    if (upstream.ca !== undefined && !authorities.includes(upstream.ca))
      problems.push(
        `authorities: expected the certificates of "${upstream.ca}", which ${upstream.host} is verified against, got none; give authorities: { "${upstream.ca}": PEM } [ca-not-given]`,
      );
  }
  return problems;
}
