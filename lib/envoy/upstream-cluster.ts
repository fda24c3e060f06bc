import { buildDnsCache } from './dns-cache';
import { extension, typed, type JsonObject } from './json';
import type { Place } from './place';
import { buildScrub } from './scrub';
import { buildSigner, buildSignatureGuard } from './sigv4';
import { buildClusterStrip } from './strip';
import { authorityFile, type UpstreamClass } from './upstream-class';

const CLUSTER_TYPE = 'envoy.clusters.dynamic_forward_proxy';
const CIRCUIT_BREAKERS = {
  thresholds: [{ max_connections: 1024, max_pending_requests: 1024, max_requests: 2048, max_retries: 0 }],
};

/** Verified TLS to whatever literal host the chain set; the name is resolved, filtered, and checked against the certificate. */
export function buildUpstreamCluster(upstream: UpstreamClass, place: Place): JsonObject {
  return {
    ...buildDynamicCluster(upstream.name, buildDnsCache(upstream.cache, upstream.addresses, place)),
    ...(upstream.sigv4 === undefined ? {} : { per_connection_buffer_limit_bytes: upstream.bufferBytes }),
    transport_socket: extension('envoy.transport_sockets.tls', 'transport_sockets.tls.v3.UpstreamTlsContext', {
      // A session resumed for one host would skip another's certificate check.
      max_session_keys: 0,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        validation_context: { trusted_ca: { filename: authorityFile(upstream.ca) } },
      },
    }),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed('upstreams.http.v3.HttpProtocolOptions', {
        explicit_http_config: { http_protocol_options: {} },
        upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
        http_filters: buildClusterFilters(upstream),
      }),
    },
  };
}

/** Opaque bytes to the resolved TLS name. */
export function buildPassthroughCluster(name: string, cache: JsonObject): JsonObject {
  return buildDynamicCluster(name, cache);
}

function buildDynamicCluster(name: string, cache: JsonObject): JsonObject {
  return {
    name,
    lb_policy: 'CLUSTER_PROVIDED',
    connect_timeout: '5s',
    circuit_breakers: CIRCUIT_BREAKERS,
    cluster_type: extension(CLUSTER_TYPE, 'clusters.dynamic_forward_proxy.v3.ClusterConfig', {
      dns_cache_config: cache,
    }),
  };
}

function buildClusterFilters(upstream: UpstreamClass): readonly JsonObject[] {
  const filters = [buildClusterStrip(upstream.scrubbed.length > 0)];
  if (upstream.sigv4 !== undefined) filters.push(buildSigner(upstream.sigv4), buildSignatureGuard());
  if (upstream.scrubbed.length > 0) filters.push(buildScrub(upstream.scrubbed));
  filters.push(extension('envoy.filters.http.upstream_codec', 'filters.http.upstream_codec.v3.UpstreamCodec'));
  return filters;
}
