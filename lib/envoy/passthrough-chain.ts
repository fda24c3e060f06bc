import type { PassthroughUpstream } from '../policy';
import { buildPassthroughLog } from './access-log';
import { buildDnsCache } from './dns-cache';
import type { Context } from './filters';
import { buildTarget } from './guard';
import { extension, type JsonObject } from './json';
import type { Way } from './way';

/** Bytes forwarded unseen to the TLS name, at an address the resolver let through. */
export function buildPassthroughChain(upstream: PassthroughUpstream, way: Way, context: Context): JsonObject {
  const { host, port, limits, addresses } = upstream;
  const cache = context.classes.cacheOf(addresses);
  return {
    name: `${way}_${host}_${port}`,
    filter_chain_match: { transport_protocol: 'tls', server_names: [host] },
    filters: [
      ...(way === 'connect' ? [buildGate(upstream)] : []),
      extension(
        'envoy.filters.network.sni_dynamic_forward_proxy',
        'filters.network.sni_dynamic_forward_proxy.v3.FilterConfig',
        { port_value: port, dns_cache_config: buildDnsCache(cache, addresses, context.place) },
      ),
      extension('envoy.filters.network.tcp_proxy', 'filters.network.tcp_proxy.v3.TcpProxy', {
        stat_prefix: 'passthrough',
        cluster: `passthrough_${cache}`,
        idle_timeout: `${limits.idleSeconds}s`,
        // Not before the gate has seen the first bytes: a mismatched tunnel opens no connection outside.
        upstream_connect_mode: 'ON_DOWNSTREAM_DATA',
        max_early_data_bytes: 65536,
        ...(limits.streamSeconds === undefined
          ? {}
          : { max_downstream_connection_duration: `${limits.streamSeconds}s` }),
        access_log: [buildPassthroughLog(context.place, port)],
      }),
    ],
  };
}

/** Only a tunnel that was asked for this host. */
function buildGate(upstream: PassthroughUpstream): JsonObject {
  return extension('envoy.filters.network.rbac', 'filters.network.rbac.v3.RBAC', {
    stat_prefix: 'passthrough',
    rules: {
      action: 'ALLOW',
      policies: { passthrough: { principals: [buildTarget(upstream)], permissions: [{ any: true }] } },
    },
  });
}
