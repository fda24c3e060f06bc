import type { Policy, Upstream } from '../policy';

/** Base-URL way. */
export const GATEWAY_PORT = 8080;
/** CONNECT way. */
export const FORWARD_PROXY_PORT = 3128;
/** A readable refusal for clear HTTP. */
const CLEAR_PORT = 80;
/** An internal load balancer's rule takes no more ports. */
export const MOST_PORTS = 5;

/** Ports agents reach, sorted: both explicit ways, and each upstream's own for the transparent one. */
export function agentPorts(policy: Policy): readonly number[] {
  return sorted([CLEAR_PORT, FORWARD_PROXY_PORT, GATEWAY_PORT, ...policy.upstreams.map(({ port }) => port)]);
}

/** Ports the proxy dials: 443 always, for Google's APIs and wherever tokens are fetched. */
export function upstreamPorts(policy: Policy): readonly number[] {
  return sorted([443, ...policy.upstreams.map(({ port }) => port)]);
}

/** Whether a policy reaches anything but Google's own APIs, its token servers included. */
export function needsInternet(policy: Policy): boolean {
  return policy.upstreams.some(
    (upstream) =>
      !(upstream.host.endsWith('.googleapis.com') || isCloudRunTool(upstream)) ||
      (upstream.tls === 'intercept' &&
        (upstream.credential?.kind === 'oauth2' || upstream.credential?.kind === 'githubApp')),
  );
}

/** Whether a host is a service of Cloud Run that asks who the proxy is. */
export function isCloudRunTool(upstream: Upstream): boolean {
  return (
    upstream.host.endsWith('.run.app') && upstream.tls === 'intercept' && upstream.credential?.kind === 'googleIdToken'
  );
}

function sorted(ports: readonly number[]): readonly number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}
