import { buildFileSource } from './credential';
import type { HostGroup } from './host-group';
import { extension, type JsonObject } from './json';
import type { Place } from './place';

/** Name of a leaf's secret. */
export function leafSecret(group: string): string {
  return `leaf-${group}`;
}

/** File that tells Envoy where a leaf lies. */
export function leafFile(group: string): string {
  return `sds/leaf-${group}.json`;
}

/**
 * Ends TLS with the one leaf of a group of hosts. A leaf each would be a TLS context each, parsed anew whenever one of
 * the group arrives. Without the leaf the handshake fails, until the file is there.
 */
export function buildLeafSocket(group: HostGroup, place: Place): JsonObject {
  return extension('envoy.transport_sockets.tls', 'transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: {
      // In this order: refused by HTTP/2 with a body unread, a stream is reset, and curl before 8 shows that instead of the refusal.
      alpn_protocols: ['http/1.1', 'h2'],
      tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
      tls_certificate_sds_secret_configs: [
        { name: leafSecret(group.name), sds_config: buildFileSource(leafFile(group.name), place.leafPoll) },
      ],
    },
  });
}
