import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listening, type Contender } from './contender';
import { httpManager, socketAddress, staticCluster, tcpProxy, tlsClient, tlsServer } from './envoy-fragments';
import { ended, ENVOY_FLAGS, OPAQUE, PROXY_ADDRESS, SECRET, UPSTREAM_ADDRESS, type Place } from './place';

const PORTS = {
  transparent: 9443,
  connect: 9128,
  gateway: 9080,
  passthrough: 9444,
  'connect-passthrough': 9129,
} as const;

/**
 * An Envoy that only forwards, over the same hops with the same verified TLS: no rules, no log, nothing stripped or scrubbed. It adds the
 * header, since the upstream wants it, by the route's own `request_headers_to_add`: the cheapest way there is.
 */
export async function startBareEnvoy(place: Place, hosts: readonly string[]): Promise<Contender> {
  writeFileSync(join(place.directory, 'bare.json'), JSON.stringify(bootstrap(place, hosts)));
  const child = place.spawn('bare', place.envoy, ['-c', 'bare.json', ...ENVOY_FLAGS]);
  const pid = await listening(place, 'bare', child, PROXY_ADDRESS, PORTS.transparent);
  return {
    name: 'bare Envoy',
    pid,
    stop: () => ended(child),
    route(way, host) {
      const at = { address: PROXY_ADDRESS, port: PORTS[way], path: '/v1/messages', host };
      if (way === 'gateway') return at;
      const tls = { ...at, sni: host };
      return way.startsWith('connect') ? { ...tls, connect: `${host}:443` } : tls;
    },
  };
}

function bootstrap(place: Place, hosts: readonly string[]): object {
  const intercepted = hosts.filter((host) => host !== OPAQUE);
  const virtualHosts = intercepted.map((host) => ({
    name: host,
    domains: [host, `${host}:443`],
    request_headers_to_add: [
      { header: { key: 'x-api-key', value: SECRET }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
    ],
    routes: [{ match: { prefix: '/' }, route: { cluster: host, timeout: '0s' } }],
  }));
  const forward = httpManager('bare', virtualHosts);
  const inspector = {
    name: 'tls_inspector',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
    },
  };
  const ended = { transport_socket: tlsServer(place.certificate), filters: [forward] };
  const tunnel = (cluster: string) => [
    httpManager(`to-${cluster}`, [connectTo(cluster)], { upgrade_configs: [{ upgrade_type: 'CONNECT' }] }),
  ];
  return {
    bootstrap_extensions: [
      {
        name: 'internal',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener',
        },
      },
    ],
    static_resources: {
      listeners: [
        { ...listener(PORTS.transparent, ended), listener_filters: [inspector] },
        listener(PORTS.gateway, { filters: [forward] }),
        { ...listener(PORTS.passthrough, { filters: [tcpProxy('opaque', 'opaque')] }), listener_filters: [inspector] },
        listener(PORTS.connect, { filters: tunnel('internal') }),
        listener(PORTS['connect-passthrough'], { filters: tunnel('opaque') }),
        { name: 'internal', internal_listener: {}, filter_chains: [ended] },
      ],
      clusters: [
        ...intercepted.map((host) =>
          staticCluster(host, socketAddress(UPSTREAM_ADDRESS, 443), {
            transport_socket: tlsClient(host, place.authority),
          }),
        ),
        staticCluster('opaque', socketAddress(UPSTREAM_ADDRESS, 443)),
        staticCluster('internal', { envoy_internal_address: { server_listener_name: 'internal' } }),
      ],
    },
  };
}

function listener(port: number, chain: object): object {
  return { address: socketAddress(PROXY_ADDRESS, port), filter_chains: [chain] };
}

function connectTo(cluster: string): object {
  const route = { cluster, timeout: '0s', upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: {} }] };
  return { name: cluster, domains: ['*'], routes: [{ match: { connect_matcher: {} }, route }] };
}
