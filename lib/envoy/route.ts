import { credentialId, type InterceptUpstream } from '../policy';
import { buildRouteFilters, type Context } from './filters';
import { restrictsBranches } from './git-push';
import type { JsonObject } from './json';
import { isWildcard } from './wildcard';
import { buildRouteTimes } from './limits';
import { authorityOf } from './resolver';
import { buildResponseStrip } from './strip';
import type { Way } from './way';

/** The one way on from a connection manager: to this upstream's literal host, wherever the request said. */
export function buildRoute(upstream: InterceptUpstream, way: Way, context: Context): JsonObject {
  const { host, port } = upstream;
  const credential = upstream.credential === undefined ? {} : { credential: credentialId(upstream.credential) };
  const prefix = way === 'gateway' ? upstream.prefix : undefined;
  return {
    name: `${host}:${port}`,
    match: { prefix: `${prefix ?? ''}/` },
    metadata: { filter_metadata: { anchorhold: { host, port, ...credential } } },
    response_headers_to_remove: buildResponseStrip(upstream.agentCredentials),
    // The signer and the branch guard must hold a body whole; without room they answer 413.
    ...(holdsBody(upstream) ? { request_body_buffer_limit: upstream.limits.requestBytes } : {}),
    typed_per_filter_config: buildRouteFilters(upstream, way, context),
    route: {
      cluster: context.classes.of(upstream).name,
      ...(isWildcard(upstream) ? {} : { host_rewrite_literal: authorityOf(upstream) }),
      ...(prefix === undefined ? {} : { prefix_rewrite: '/' }),
      ...buildRouteTimes(upstream.limits),
      ...(upstream.websocket ? { upgrade_configs: [{ upgrade_type: 'websocket' }] } : {}),
    },
  };
}

/** The names an upstream answers to inside TLS. */
export function buildDomains({ host, port }: InterceptUpstream): readonly string[] {
  return port === 443 ? [host, `${host}:${port}`] : [`${host}:${port}`];
}

function holdsBody(upstream: InterceptUpstream): boolean {
  return upstream.credential?.kind === 'sigv4' || restrictsBranches(upstream);
}
