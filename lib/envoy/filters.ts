import type { InterceptUpstream } from '../policy';
import { buildSameAuthority, SAME_AUTHORITY } from './authority';
import { buildInjector, injectorName } from './credential';
import { buildPushFilter, buildRoutePush, restrictsBranches } from './git-push';
import { buildBinding, buildGuard, buildRouteBinding, buildRouteGuard } from './guard';
import type { HostGroup } from './host-group';
import { filterSwitch, type JsonObject } from './json';
import { isWildcard } from './wildcard';
import { bodyLimitName, buildBodyLimit, buildClientMark, buildRateLimit, buildRouteRate } from './limits';
import type { Place } from './place';
import { buildPinnedHost, buildResolverFilter, resolverName } from './resolver';
import { buildRouteRules, buildRules } from './rules';
import { buildHeaderSet, buildRouteHeaderSet, buildSteeringStrip, buildStrip } from './strip';
import type { UpstreamClasses } from './upstream-class';
import type { Way } from './way';

/** What every fragment may need to know. */
export interface Context {
  readonly place: Place;
  readonly classes: UpstreamClasses;
  readonly groups: readonly HostGroup[];
}

/**
 * The filters of a connection manager for many upstreams, in order: strip, limit, judge, set, inject, resolve. What was
 * refused never meets a credential. Each does what it must by default and is told the rest by the route; those of which
 * there is one a value (injectors, body sizes, resolvers) are off until a route turns its own on.
 */
export function buildFilters(
  upstreams: readonly InterceptUpstream[],
  way: Way,
  context: Context,
): readonly JsonObject[] {
  const wildcard = upstreams.some(isWildcard) && way !== 'gateway';
  return [
    buildStrip(),
    buildSteeringStrip(),
    ...(way === 'connect' ? [buildClientMark()] : []),
    buildRateLimit(),
    ...off(upstreams, ({ limits }) => [bodyLimitName(limits), () => buildBodyLimit(limits)]),
    buildGuard(),
    buildBinding(way),
    ...(wildcard ? [{ ...buildSameAuthority(), disabled: true }] : []),
    buildRules(),
    ...(upstreams.some(restrictsBranches) ? [buildPushFilter()] : []),
    ...(upstreams.some(setsHeaders) ? [buildHeaderSet()] : []),
    ...off(upstreams, (upstream) => {
      const { credential } = upstream;
      const name = injectorName(upstream);
      if (credential === undefined || name === undefined) return undefined;
      return [name, () => buildInjector(name, credential, context.place)];
    }),
    ...off(upstreams, (upstream) => {
      const { cache, addresses } = context.classes.of(upstream);
      return [resolverName(cache), () => buildResolverFilter(cache, addresses, context.place)];
    }),
  ];
}

/** What a route tells each filter of its manager. */
export function buildRouteFilters(upstream: InterceptUpstream, way: Way, { classes }: Context): JsonObject {
  const prefix = way === 'gateway' ? (upstream.prefix ?? '') : '';
  const injector = injectorName(upstream);
  const resolver = resolverName(classes.of(upstream).cache);
  const wildcard = isWildcard(upstream);
  return {
    ...(upstream.agentCredentials === 'keep' ? { strip: filterSwitch('off') } : {}),
    rate: buildRouteRate(upstream.limits, way),
    [bodyLimitName(upstream.limits)]: filterSwitch(),
    guard: buildRouteGuard(upstream),
    binding: buildRouteBinding(upstream, way),
    ...(wildcard ? { [SAME_AUTHORITY]: filterSwitch() } : {}),
    rules: buildRouteRules(upstream, prefix),
    ...(restrictsBranches(upstream) ? { push: buildRoutePush(upstream, prefix) } : {}),
    ...(setsHeaders(upstream) ? { set: buildRouteHeaderSet(upstream.headers.set) } : {}),
    ...(injector === undefined ? {} : { [injector]: filterSwitch() }),
    // A wildcard has no literal host: the chain has made sure that Host, TLS name and target are one.
    [resolver]: wildcard ? filterSwitch() : filterSwitch('on', buildPinnedHost(upstream)),
  };
}

/** One filter a value, sorted by name and off. */
function off(
  upstreams: readonly InterceptUpstream[],
  of: (upstream: InterceptUpstream) => readonly [name: string, build: () => JsonObject] | undefined,
): readonly JsonObject[] {
  const builders = new Map<string, () => JsonObject>();
  for (const upstream of upstreams) {
    const found = of(upstream);
    if (found !== undefined) builders.set(...found);
  }
  return [...builders.keys()].sort().map((name) => ({ ...builders.get(name)?.(), disabled: true }));
}

function setsHeaders({ headers }: InterceptUpstream): boolean {
  return Object.keys(headers.set).length > 0;
}
