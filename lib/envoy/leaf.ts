import { buildFileSource } from './credential';
import type { HostGroup } from './host-group';
import { extension, type JsonObject } from './json';
import type { Place } from './place';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls';
/** A name that no leaf has: a client without a TLS name finds no chain before it gets here. */
const NO_NAME = '_';

/** True when the host stands for every name below it. */
export function isWildcard({ host }: { readonly host: string }): boolean {
  return host.startsWith('*.');
}

/** File-system and secret name of a host's certificate: `*.example.com` is `_.example.com`, which no host can be. */
export function leafName(host: string): string {
  return host.startsWith('*.') ? `_${host.slice(1)}` : host;
}

/** Where Envoy is told where a host's leaf lies. */
export function leafFile(host: string): string {
  return `sds/leaf-${leafName(host)}.json`;
}

/**
 * Ends TLS with the leaf of the asked name, read when the name is first asked for: a host nobody calls costs neither
 * memory nor looks at its file. Without the leaf the handshake fails, until the file is there.
 */
export function buildLeafSocket(group: HostGroup, place: Place): JsonObject {
  return extension('envoy.transport_sockets.tls', 'transport_sockets.tls.v3.DownstreamTlsContext', {
    // A session of one host must not be resumed for another; and Envoy refuses the two together.
    disable_stateless_session_resumption: true,
    disable_stateful_session_resumption: true,
    common_tls_context: {
      alpn_protocols: ['h2', 'http/1.1'],
      tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
      tls_certificate_sds_secret_configs: group.upstreams.map(({ host }) => ({
        name: `leaf-${leafName(host)}`,
        sds_config: buildFileSource(leafFile(host), place.leafPoll),
      })),
    },
  });
}

