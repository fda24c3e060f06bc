import type { Policy } from '../policy';
import { buildAdmin } from './admin';
import { buildDnsCache } from './dns-cache';
import { buildForwardProxy, buildTunnelClusters } from './forward-proxy';
import type { Context } from './filters';
import { buildGateway } from './gateway';
import { extension, type JsonObject } from './json';
import { buildTransparentListeners, buildTunnelListeners } from './transparent';
import { buildPassthroughCluster, buildUpstreamCluster } from './upstream-cluster';

const MAX_CONNECTIONS = 4096;

/** The whole of Envoy's configuration. */
export function buildBootstrap(policy: Policy, context: Context): JsonObject {
  const { place } = context;
  const { upstreams } = policy;
  const tunnels = place.forwardProxy !== undefined && upstreams.length > 0;
  return {
    node: { id: 'anchorhold', cluster: 'anchorhold' },
    admin: buildAdmin(),
    layered_runtime: buildRuntime(),
    ...(tunnels
      ? {
          bootstrap_extensions: [
            extension('envoy.bootstrap.internal_listener', 'bootstrap.internal_listener.v3.InternalListener'),
          ],
        }
      : {}),
    overload_manager: buildConnectionCap(),
    static_resources: {
      listeners: [
        ...(place.gateway === undefined ? [] : [buildGateway(policy, place.gateway, context)]),
        ...(place.forwardProxy === undefined ? [] : [buildForwardProxy(upstreams, place.forwardProxy, context)]),
        ...(tunnels ? buildTunnelListeners(upstreams, context) : []),
        ...(place.transparent === undefined
          ? []
          : buildTransparentListeners(upstreams, place.transparent.address, context)),
      ],
      clusters: [
        ...context.classes.all.map((upstream) => buildUpstreamCluster(upstream, place)),
        ...buildPassthroughClusters(policy, context),
        ...(tunnels ? buildTunnelClusters(upstreams) : []),
      ],
    },
  };
}

function buildPassthroughClusters(policy: Policy, { place, classes }: Context): readonly JsonObject[] {
  const opaque = policy.upstreams.filter((upstream) => upstream.tls === 'passthrough');
  const caches = new Set(opaque.map((upstream) => classes.cacheOf(upstream.addresses)));
  return [...classes.caches]
    .filter(([cache]) => caches.has(cache))
    .map(([cache, addresses]) =>
      buildPassthroughCluster(`passthrough_${cache}`, buildDnsCache(cache, addresses, place)),
    );
}

/** A flood of connections is refused at the door. */
function buildConnectionCap(): JsonObject {
  return {
    refresh_interval: '1s',
    resource_monitors: [
      extension(
        'envoy.resource_monitors.global_downstream_max_connections',
        'resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
        { max_active_downstream_connections: MAX_CONNECTIONS },
      ),
    ],
  };
}

/** Envoy refuses expressions past 100 instructions unless told otherwise; RE2 stays linear at any size. */
function buildRuntime(): JsonObject {
  const program = { 're2.max_program_size.error_level': 20000, 're2.max_program_size.warn_level': 20000 };
  return { layers: [{ name: 'static', static_layer: program }] };
}
