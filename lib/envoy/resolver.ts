import type { InterceptUpstream } from '../policy';
import { buildDnsCache } from './dns-cache';
import { extension, typed, type JsonObject } from './json';
import type { Place } from './place';

/** Name of the filter that resolves hosts of a cache. */
export function resolverName(cache: string): string {
  return `resolve_${cache}`;
}

/** Resolves the route's host and drops every address its class may not dial. */
export function buildResolverFilter(cache: string, addresses: 'public' | readonly string[], place: Place): JsonObject {
  return extension(resolverName(cache), 'filters.http.dynamic_forward_proxy.v3.FilterConfig', {
    dns_cache_config: buildDnsCache(cache, addresses, place),
  });
}

/** The literal host that is resolved, whatever the request said. */
export function buildPinnedHost(upstream: InterceptUpstream): JsonObject {
  return typed('filters.http.dynamic_forward_proxy.v3.PerRouteConfig', { host_rewrite_literal: authorityOf(upstream) });
}

/** `host`, with its port when that isn't 443. */
export function authorityOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return port === 443 ? host : `${host}:${port}`;
}
