import type { InterceptUpstream, Policy } from '../policy';
import { buildRequestLog, buildUnroutedLog } from './access-log';
import { buildAuthorityRoute } from './authority-route';
import { buildConnectionManager, buildRefusal, longestIdle } from './connection-manager';
import { buildFilters, type Context } from './filters';
import { extension, filterSwitch, type JsonObject } from './json';
import type { ListenerAddress } from './layout';
import { buildListener } from './listener';
import { buildRoute } from './route';

/** The base-URL way: clear HTTP from the agent, one prefix an upstream. */
export function buildGateway(policy: Policy, address: ListenerAddress, context: Context): JsonObject {
  const upstreams = policy.upstreams.filter(hasPrefix);
  const manager = buildConnectionManager(
    {
      name: 'gateway',
      idleSeconds: longestIdle(upstreams),
      filters: buildFilters(upstreams, 'gateway', context),
      routes: {
        name: 'gateway',
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes: [
              buildAuthorityRoute(),
              ...upstreams.map((upstream) => buildRoute(upstream, 'gateway', context)),
              ...buildUnlisted(),
            ],
          },
        ],
      },
      log: [
        { ...buildRequestLog(context.place), filter: routed(true) },
        { ...buildUnroutedLog(context.place), filter: routed(false) },
      ],
    },
    context.place,
  );
  return buildListener('gateway', address, { filter_chains: [{ filters: [manager] }] });
}

function hasPrefix(upstream: Policy['upstreams'][number]): upstream is InterceptUpstream {
  return upstream.tls === 'intercept' && upstream.prefix !== undefined;
}

/** Last: what no prefix took. */
function buildUnlisted(): readonly JsonObject[] {
  // Without these filters the answer is the route's own, and with it the reason.
  const own = { guard: filterSwitch('off'), rules: filterSwitch('off') };
  return [
    buildRefusal('host-not-listed', 403, { connect_matcher: {} }, own),
    buildRefusal('host-not-listed', 403, { prefix: '/' }, own),
  ];
}

/** Whether a prefix took the request: the log names the upstream, else what was asked. */
function routed(found: boolean): JsonObject {
  // What is malformed is refused before there is a route: without the first part the expression fails, and so does the line.
  const expression = 'has(xds.route_metadata) && has(xds.route_metadata.filter_metadata.anchorhold)';
  // The authority's certificate is no request of the agent's to anywhere: a load balancer asks for it every few seconds.
  const unrouted = `!(${expression}) && !(has(xds.route_name) && xds.route_name == 'authority')`;
  return {
    extension_filter: extension(
      'envoy.access_loggers.extension_filters.cel',
      'access_loggers.filters.cel.v3.ExpressionFilter',
      {
        expression: found ? expression : unrouted,
      },
    ),
  };
}
