import type { Upstream } from '../policy';
import { extension, type JsonObject } from './json';
import { buildLocalReply } from './local-reply';
import type { Place } from './place';

const LEAST_IDLE_SECONDS = 600;

/** What one HTTP connection manager differs in. */
export interface ConnectionManager {
  readonly name: string;
  readonly idleSeconds: number;
  readonly filters: readonly JsonObject[];
  readonly routes: JsonObject;
  readonly log: readonly JsonObject[];
  readonly more?: JsonObject;
}

/** HTTP/1.1 and HTTP/2 parsing that refuses whatever two parsers could read differently. */
export function buildConnectionManager(manager: ConnectionManager, place: Place): JsonObject {
  const name = 'envoy.filters.network.http_connection_manager';
  return extension(name, 'filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: manager.name,
    use_remote_address: true,
    skip_xff_append: true,
    generate_request_id: true,
    server_header_transformation: 'PASS_THROUGH',
    // The path judged is the path sent and the path forwarded: what normalising would change is refused by the guard instead.
    normalize_path: false,
    merge_slashes: false,
    strip_trailing_host_dot: true,
    path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
    request_headers_timeout: '10s',
    stream_idle_timeout: `${manager.idleSeconds}s`,
    common_http_protocol_options: {
      headers_with_underscores_action: 'REJECT_REQUEST',
      max_headers_count: 100,
      idle_timeout: '3600s',
    },
    http2_protocol_options: {
      max_concurrent_streams: 100,
      initial_stream_window_size: 65536,
      initial_connection_window_size: 1048576,
    },
    local_reply_config: buildLocalReply(place),
    access_log: manager.log,
    http_filters: [...manager.filters, buildRouter()],
    route_config: manager.routes,
    ...manager.more,
  });
}

/** A manager's time-out must not cut what one of its routes allows. Seconds. */
export function longestIdle(upstreams: readonly Upstream[]): number {
  return upstreams.reduce((most, { limits }) => Math.max(most, limits.idleSeconds), LEAST_IDLE_SECONDS);
}

function buildRouter(): JsonObject {
  return extension('envoy.filters.http.router', 'filters.http.router.v3.Router', { suppress_envoy_headers: true });
}

/** A route that answers itself; its name is the reason. */
export function buildRefusal(
  reason: string,
  status: number,
  match: JsonObject = { prefix: '/' },
  filters?: JsonObject,
): JsonObject {
  return {
    name: reason,
    match,
    direct_response: { status },
    ...(filters === undefined ? {} : { typed_per_filter_config: filters }),
  };
}
