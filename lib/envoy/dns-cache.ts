import { buildDeniedRanges } from './addresses';
import { extension, type JsonObject } from './json';
import type { Place } from './place';

/** A resolver's cache that drops every address its class may not dial. Caches of one name must be identical. */
export function buildDnsCache(name: string, addresses: 'public' | readonly string[], place: Place): JsonObject {
  return {
    name,
    dns_lookup_family: 'V4_PREFERRED',
    max_hosts: 8192,
    dns_query_timeout: '4s',
    resolved_address_filter: { ranges: buildDeniedRanges(addresses) },
    typed_dns_resolver_config: buildResolver(place),
  };
}

/** One dead name server must not hold requests for long. */
function buildResolver(place: Place): JsonObject {
  return extension('envoy.network.dns_resolver.cares', 'network.dns_resolver.cares.v3.CaresDnsResolverConfig', {
    query_timeout_seconds: 2,
    query_tries: 2,
    dns_resolver_options: { no_default_search_domain: true },
    ...(place.resolvers.length === 0 ? {} : { resolvers: place.resolvers.map(resolverAddress) }),
  });
}

function resolverAddress(text: string): JsonObject {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<port>\d+)$/.exec(text);
  const address = match?.groups?.['six'] ?? match?.groups?.['four'] ?? text.replace(/^\[|\]$/g, '');
  return { socket_address: { address, port_value: Number(match?.groups?.['port'] ?? 53) } };
}
