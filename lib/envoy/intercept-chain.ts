import { buildRequestLog } from './access-log';
import { buildConnectionManager, buildRefusal, longestIdle } from './connection-manager';
import { buildFilters, type Context } from './filters';
import type { HostGroup } from './host-group';
import type { JsonObject } from './json';
import { buildLeafSocket } from './leaf';
import { buildDomains, buildRoute } from './route';
import type { Way } from './way';

/**
 * TLS of a group of hosts ended, each with its own leaf; every request in it bound to the host of its connection, judged,
 * stripped, given its credential, and sent there only.
 */
export function buildInterceptChain(group: HostGroup, way: Way, context: Context): JsonObject {
  const { upstreams, port } = group;
  const manager = buildConnectionManager(
    {
      name: way,
      idleSeconds: longestIdle(upstreams),
      filters: buildFilters(upstreams, way, context),
      routes: {
        name: group.name,
        virtual_hosts: [
          ...upstreams.map((upstream) => ({
            name: upstream.host,
            domains: buildDomains(upstream),
            routes: [buildRoute(upstream, way, context)],
          })),
          { name: 'misdirected', domains: ['*'], routes: [buildRefusal('authority-mismatch', 421)] },
        ],
      },
      log: [buildRequestLog(context.place, port)],
    },
    context.place,
  );
  return {
    name: `${way}_${group.name}`,
    filter_chain_match: { transport_protocol: 'tls', server_names: upstreams.map(({ host }) => host) },
    transport_socket_connect_timeout: '10s',
    transport_socket: buildLeafSocket(group, context.place),
    filters: [manager],
  };
}
