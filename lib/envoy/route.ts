import { credentialId, type InterceptUpstream } from '../policy';
import { restrictsBranches } from './git-push';
import { typed, type JsonObject } from './json';
import { buildRouteTimes } from './limits';
import { buildResponseStrip } from './strip';
import type { UpstreamClass } from './upstream-class';

/** Prefix of a route in the shared base-URL chain, and the filters it turns on there. */
export interface SharedRoute {
  readonly prefix: string;
  readonly filters: JsonObject;
}

/** The one way on from a chain: to this upstream's literal host, wherever the request said. */
export function buildRoute(
  upstream: InterceptUpstream,
  upstreamClass: UpstreamClass,
  shared?: SharedRoute,
): JsonObject {
  const { host, port } = upstream;
  const credential = upstream.credential === undefined ? {} : { credential: credentialId(upstream.credential) };
  const { max_stream_duration: longest, ...times } = buildRouteTimes(upstream.limits);
  return {
    name: `${host}:${port}`,
    match: { prefix: shared === undefined ? '/' : `${shared.prefix}/` },
    metadata: { filter_metadata: { anchorhold: { host, port, ...credential } } },
    response_headers_to_remove: buildResponseStrip(upstream.agentCredentials),
    // The signer and the branch guard must hold a body whole; without room they answer 413.
    ...(holdsBody(upstream) ? { request_body_buffer_limit: upstream.limits.requestBytes } : {}),
    ...buildFilterConfig(upstream, upstreamClass, shared),
    route: {
      cluster: upstreamClass.name,
      // A wildcard has no literal host: the chain has made sure that Host, TLS name and target are one.
      ...(isWildcard(upstream) ? {} : { host_rewrite_literal: authorityOf(upstream) }),
      ...(shared === undefined ? {} : { prefix_rewrite: '/' }),
      ...times,
      ...(longest === undefined ? {} : { max_stream_duration: longest }),
      ...(upstream.websocket ? { upgrade_configs: [{ upgrade_type: 'websocket' }] } : {}),
    },
  };
}

/** The literal host that is resolved, whatever the request said. */
export function buildPinnedHost(upstream: InterceptUpstream): JsonObject {
  return typed('filters.http.dynamic_forward_proxy.v3.PerRouteConfig', { host_rewrite_literal: authorityOf(upstream) });
}

/** The resolver filter of a cache. */
export function resolverName(cache: string): string {
  return `resolve_${cache}`;
}

function buildFilterConfig(
  upstream: InterceptUpstream,
  upstreamClass: UpstreamClass,
  shared?: SharedRoute,
): JsonObject {
  if (shared !== undefined) return { typed_per_filter_config: shared.filters };
  if (isWildcard(upstream)) return {};
  return { typed_per_filter_config: { [resolverName(upstreamClass.cache)]: buildPinnedHost(upstream) } };
}

function isWildcard(upstream: InterceptUpstream): boolean {
  return upstream.host.startsWith('*.');
}

function authorityOf({ host, port }: InterceptUpstream): string {
  return port === 443 ? host : `${host}:${port}`;
}

function holdsBody(upstream: InterceptUpstream): boolean {
  return upstream.credential?.kind === 'sigv4' || restrictsBranches(upstream);
}
