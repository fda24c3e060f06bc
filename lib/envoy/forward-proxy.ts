import type { Upstream } from '../policy';
import { buildUnroutedLog } from './access-log';
import { buildConnectionManager, buildRefusal, longestIdle } from './connection-manager';
import type { Context } from './filters';
import { extension, type JsonObject } from './json';
import type { ListenerAddress } from './layout';
import { buildListener } from './listener';
import { byPort, tunnelName } from './transparent';

const CONNECT = { connect_matcher: {} };

/** The CONNECT way: a listed authority gets a tunnel to the internal listener of its port, all else a refusal. */
export function buildForwardProxy(
  upstreams: readonly Upstream[],
  address: ListenerAddress,
  { place }: Context,
): JsonObject {
  const hosts = upstreams.map(buildTunnelHost);
  const refusals = [buildRefusal('host-not-listed', 403, CONNECT), buildRefusal('scheme-not-https', 403)];
  const manager = buildConnectionManager(
    {
      name: 'forward_proxy',
      idleSeconds: longestIdle(upstreams),
      filters: [buildTarget()],
      routes: {
        name: 'forward_proxy',
        virtual_hosts: [...hosts, { name: 'unlisted', domains: ['*'], routes: refusals }],
      },
      log: [{ ...buildUnroutedLog(place), filter: refusedOnly() }],
      more: {
        upgrade_configs: [{ upgrade_type: 'CONNECT' }],
        // Python's http.client asks for tunnels in HTTP/1.0.
        http_protocol_options: { accept_http_10: true },
        http2_protocol_options: { allow_connect: true, max_concurrent_streams: 100 },
      },
    },
    place,
  );
  return buildListener('forward_proxy', address, { filter_chains: [{ filters: [manager] }] });
}

/** The hop from a tunnel to its internal listener. */
export function buildTunnelClusters(upstreams: readonly Upstream[]): readonly JsonObject[] {
  return [...byPort(upstreams).keys()].map((port) => ({
    name: `to_${tunnelName(port)}`,
    type: 'STATIC',
    connect_timeout: '1s',
    circuit_breakers: { thresholds: [{ max_connections: 4096, max_pending_requests: 4096, max_requests: 4096 }] },
    load_assignment: {
      cluster_name: `to_${tunnelName(port)}`,
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { address: { envoy_internal_address: { server_listener_name: tunnelName(port) } } } },
          ],
        },
      ],
    },
    transport_socket: extension(
      'envoy.transport_sockets.internal_upstream',
      'transport_sockets.internal_upstream.v3.InternalUpstreamTransport',
      {
        transport_socket: extension('envoy.transport_sockets.raw_buffer', 'transport_sockets.raw_buffer.v3.RawBuffer'),
      },
    ),
  }));
}

/** Carries the asked authority and the client's address as far as the chain behind the tunnel. */
function buildTarget(): JsonObject {
  const keep = (key: string, text: string): JsonObject => ({
    object_key: key,
    // Hashable, so that connections to the internal listener are pooled by it: with `envoy.string` a second tunnel was
    // given the authority and the client of the first.
    factory_key: 'envoy.hashable_string',
    shared_with_upstream: 'ONCE',
    format_string: { omit_empty_values: true, text_format_source: { inline_string: text } },
  });
  return extension('target', 'filters.http.set_filter_state.v3.Config', {
    on_request_headers: [
      keep('anchorhold.connect', '%REQUEST_HEADER(:AUTHORITY)%'),
      keep('anchorhold.client', '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%'),
    ],
  });
}

function buildTunnelHost(upstream: Upstream): JsonObject {
  const authority = `${upstream.host}:${upstream.port}`;
  return {
    name: authority,
    domains: [authority],
    routes: [
      {
        name: authority,
        match: CONNECT,
        route: {
          cluster: `to_${tunnelName(upstream.port)}`,
          timeout: '0s',
          idle_timeout: `${upstream.limits.idleSeconds}s`,
          upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: {} }],
        },
      },
      buildRefusal('scheme-not-https', 403),
    ],
  };
}

/** An open tunnel is told by the chain inside it; here only what never got one. */
function refusedOnly(): JsonObject {
  return {
    status_code_filter: { comparison: { op: 'GE', value: { default_value: 400, runtime_key: 'anchorhold.refused' } } },
  };
}
