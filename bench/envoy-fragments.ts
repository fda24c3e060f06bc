/** Pieces of Envoy configuration that the upstream and the bare Envoy share. */

const TYPE = 'type.googleapis.com/envoy';

export function tlsServer(certificate: { readonly key: string; readonly cert: string }): object {
  return {
    name: 'tls',
    typed_config: {
      '@type': `${TYPE}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
      common_tls_context: {
        tls_certificates: [
          {
            certificate_chain: { inline_string: certificate.cert },
            private_key: { inline_string: certificate.key },
          },
        ],
      },
    },
  };
}

/** Verified TLS to `host`. */
export function tlsClient(host: string, authority: string): object {
  return {
    name: 'tls',
    typed_config: {
      '@type': `${TYPE}.extensions.transport_sockets.tls.v3.UpstreamTlsContext`,
      sni: host,
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename: authority },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: host } }],
        },
      },
    },
  };
}

/** A connection manager with nothing but the router. */
export function httpManager(name: string, virtualHosts: readonly object[], more: object = {}): object {
  return {
    name: 'http',
    typed_config: {
      '@type': `${TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: name,
      ...more,
      route_config: { name, virtual_hosts: virtualHosts },
      http_filters: [{ name: 'router', typed_config: { '@type': `${TYPE}.extensions.filters.http.router.v3.Router` } }],
    },
  };
}

export function tcpProxy(name: string, cluster: string): object {
  return {
    name: 'tcp',
    typed_config: {
      '@type': `${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: name,
      cluster,
    },
  };
}

export function staticCluster(name: string, address: object, more: object = {}): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '5s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    ...more,
  };
}

export function socketAddress(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
