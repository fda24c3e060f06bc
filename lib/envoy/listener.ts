import { extension, type JsonObject } from './json';
import type { ListenerAddress } from './layout';

/** Bytes a connection may hold in memory. */
const CONNECTION_BUFFER = 1048576;
/** A connection that says nothing is closed. */
const HELLO_TIMEOUT = '5s';

/** A listener the agent reaches. */
export function buildListener(name: string, address: ListenerAddress, rest: JsonObject): JsonObject {
  return { name, address: buildAddress(address), per_connection_buffer_limit_bytes: CONNECTION_BUFFER, ...rest };
}

/** A listener only Envoy's own CONNECT listener reaches. */
export function buildInternalListener(name: string, rest: JsonObject): JsonObject {
  return { name, internal_listener: {}, per_connection_buffer_limit_bytes: CONNECTION_BUFFER, ...rest };
}

/** Reads the TLS name; what isn't TLS, or says nothing, finds no chain. */
export function buildTlsInspector(): JsonObject {
  return {
    listener_filters: [
      extension('envoy.filters.listener.tls_inspector', 'filters.listener.tls_inspector.v3.TlsInspector'),
    ],
    listener_filters_timeout: HELLO_TIMEOUT,
  };
}

function buildAddress(address: ListenerAddress): JsonObject {
  if ('pipe' in address) return { pipe: { path: address.pipe, mode: 0o666 } };
  return { socket_address: { address: address.address, port_value: address.port } };
}
