import type { InterceptUpstream, Policy } from '../policy';
import { buildRequestLog, buildUnroutedLog } from './access-log';
import { buildAuthorityRoute } from './authority-route';
import { buildResolverFilter, type ChainContext } from './chain';
import { buildConnectionManager, buildRefusal } from './connection-manager';
import { buildInjector, credentialHeader, credentialSlug } from './credential';
import { buildPushSource, restrictsBranches } from './git-push';
import { extension, filterSwitch, type JsonObject } from './json';
import type { ListenerAddress } from './layout';
import { buildListener } from './listener';
import { buildBodyLimit, buildRateLimit } from './limits';
import { buildPinnedHost, buildRoute, resolverName } from './route';
import { buildClosedRules, buildOpenGuard, buildRouteRules } from './rules';
import { buildHeaderSet, buildSteeringStrip, buildStrip } from './strip';

const IDLE_SECONDS = 600;

/** A filter of the shared chain that runs only where a route turns it on. */
interface Optional {
  readonly name: string;
  readonly filter: JsonObject;
}

/** The base-URL way: clear HTTP from the agent, one prefix an upstream. Each route brings its rules, limits and credential. */
export function buildGateway(policy: Policy, address: ListenerAddress, context: ChainContext): JsonObject {
  const upstreams = policy.upstreams.flatMap((upstream) =>
    upstream.tls === 'intercept' && upstream.prefix !== undefined ? [{ ...upstream, prefix: upstream.prefix }] : [],
  );
  const optional = new Map<string, Optional>();
  const routes = upstreams.map((upstream) => {
    const parts = buildOptional(upstream, context);
    for (const part of parts.filters) optional.set(part.name, part);
    return buildRoute(upstream, context.classes.of(upstream), { prefix: upstream.prefix, filters: parts.perRoute });
  });
  const inOrder = [...optional.values()].sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
  const stage = (names: readonly string[]): readonly JsonObject[] =>
    inOrder.filter((part) => names.includes(stageOf(part))).map((part) => ({ ...part.filter, disabled: true }));
  const manager = buildConnectionManager(
    {
      name: 'gateway',
      idleSeconds: upstreams.reduce((most, upstream) => Math.max(most, upstream.limits.idleSeconds), IDLE_SECONDS),
      filters: [
        buildStrip(),
        buildSteeringStrip(),
        ...stage(['rate', 'body']),
        buildOpenGuard(),
        buildClosedRules(),
        ...stage(['push', 'set', 'inject', 'resolve']),
      ],
      routes: {
        name: 'gateway',
        virtual_hosts: [
          { name: 'all', domains: ['*'], routes: [buildAuthorityRoute(), ...routes, ...buildUnlisted()] },
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

const STAGES = ['rate', 'body', 'push', 'set', 'inject', 'resolve'] as const;

function stageOf(part: Optional): string {
  return part.name.split('_', 1)[0] ?? '';
}

function order(part: Optional): number {
  return STAGES.findIndex((stage) => stage === stageOf(part));
}

function buildOptional(
  upstream: InterceptUpstream & { readonly prefix: string },
  { place, classes }: ChainContext,
): { readonly filters: readonly Optional[]; readonly perRoute: JsonObject } {
  const { limits, credential } = upstream;
  const upstreamClass = classes.of(upstream);
  const filters: Optional[] = [];
  const add = (name: string, filter: JsonObject | undefined): void => {
    if (filter !== undefined) filters.push({ name, filter });
  };
  const key = `${upstream.host}_${upstream.port}`;
  add(`rate_${key}`, buildRateLimit(`rate_${key}`, limits, 'address'));
  add(`body_${limits.requestBytes}`, buildBodyLimit(`body_${limits.requestBytes}`, limits));
  if (restrictsBranches(upstream)) add(`push_${key}`, buildSharedPush(`push_${key}`, upstream));
  if (Object.keys(upstream.headers.set).length > 0)
    add(`set_${key}`, buildHeaderSet(`set_${key}`, upstream.headers.set));
  if (credential !== undefined) {
    const name = `inject_${credentialHeader(credential)}_${credentialSlug(credential)}`;
    add(name, buildInjector(name, upstream, place));
  }
  const resolve = resolverName(upstreamClass.cache);
  add(resolve, buildResolverFilter(resolve, upstreamClass.cache, upstreamClass.addresses, place));
  const perRoute: Record<string, JsonObject> = Object.fromEntries(filters.map(({ name }) => [name, filterSwitch()]));
  perRoute[resolve] = filterSwitch('on', buildPinnedHost(upstream));
  if (upstream.agentCredentials === 'keep') perRoute['strip'] = filterSwitch('off');
  return { filters, perRoute: { ...perRoute, ...buildRouteRules(upstream, upstream.prefix) } };
}

function buildSharedPush(name: string, upstream: InterceptUpstream & { readonly prefix: string }): JsonObject {
  return extension(name, 'filters.http.lua.v3.Lua', {
    default_source_code: { inline_string: `${buildPushSource(upstream, upstream.prefix)}\n` },
  });
}

/** Last: what no prefix took. */
function buildUnlisted(): readonly JsonObject[] {
  // Without the rules filter the answer is the route's own, and with it the reason.
  const own = { rules: filterSwitch('off') };
  return [
    buildRefusal('host-not-listed', 403, { connect_matcher: {} }, own),
    buildRefusal('host-not-listed', 403, { prefix: '/' }, own),
  ];
}

/** Whether a prefix took the request: the log names the upstream, else what was asked. */
function routed(found: boolean): JsonObject {
  const expression = 'has(xds.route_metadata.filter_metadata.anchorhold)';
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
