import type { InterceptUpstream, PassthroughUpstream } from '../policy';
import { buildPassthroughLog, buildRequestLog } from './access-log';
import { buildSameAuthority } from './authority';
import { buildConnectionManager, buildRefusal } from './connection-manager';
import { buildFileSecret, buildInjector } from './credential';
import { buildDnsCache } from './dns-cache';
import { buildPushGuard, restrictsBranches } from './git-push';
import { extension, type JsonObject } from './json';
import { leafName } from './leaf';
import { buildBodyLimit, buildClientMark, buildRateLimit } from './limits';
import type { Place } from './place';
import { buildRoute, resolverName } from './route';
import { buildGuard, buildPrincipal, buildRules, type Binding } from './rules';
import { buildHeaderSet, buildHostStrip } from './strip';
import type { UpstreamClasses } from './upstream-class';

/** What every chain needs to know. */
export interface ChainContext {
  readonly place: Place;
  readonly classes: UpstreamClasses;
}

/** How an agent's bytes come to a chain: on its own connection, or through a CONNECT tunnel. */
export type Way = 'transparent' | 'connect';

/** TLS of one host ended with a leaf of its own; every request in it judged, stripped, given its credential, and sent there only. */
export function buildInterceptChain(upstream: InterceptUpstream, way: Way, context: ChainContext): JsonObject {
  const { place } = context;
  const leaf = leafName(upstream.host);
  return {
    name: `${way}_${upstream.host}_${upstream.port}`,
    filter_chain_match: { transport_protocol: 'tls', server_names: [upstream.host] },
    transport_socket_connect_timeout: '10s',
    transport_socket: extension('envoy.transport_sockets.tls', 'transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: {
        alpn_protocols: ['h2', 'http/1.1'],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        tls_certificate_sds_secret_configs: [buildFileSecret(`leaf-${leaf}`, `sds/leaf-${leaf}.json`, place.leafPoll)],
      },
    }),
    filters: [
      buildConnectionManager(
        {
          name: way,
          idleSeconds: upstream.limits.idleSeconds,
          filters: buildFilters(upstream, way, context),
          routes: buildHostRoutes(upstream, context),
          log: [buildRequestLog(place, upstream.port)],
        },
        place,
      ),
    ],
  };
}

/** In order: strip, limit, bind, judge, set, inject. What was refused never meets a credential. */
function buildFilters(upstream: InterceptUpstream, way: Way, { place, classes }: ChainContext): readonly JsonObject[] {
  const upstreamClass = classes.of(upstream);
  const filters: JsonObject[] = [buildHostStrip(upstream.agentCredentials)];
  if (way === 'connect') filters.push(buildClientMark());
  filters.push(buildRateLimit('rate', upstream.limits, way === 'connect' ? 'mark' : 'address'));
  filters.push(buildBodyLimit('body', upstream.limits));
  if (upstream.host.startsWith('*.')) filters.push(buildSameAuthority(upstream.port));
  filters.push(buildGuard(upstream, bindingOf(upstream, way)), buildRules(upstream, bindingOf(upstream, way)));
  if (restrictsBranches(upstream)) filters.push(buildPushGuard(upstream));
  if (Object.keys(upstream.headers.set).length > 0) filters.push(buildHeaderSet('set', upstream.headers.set));
  const injector = buildInjector('inject', upstream, place);
  if (injector !== undefined) filters.push(injector);
  filters.push(
    buildResolverFilter(resolverName(upstreamClass.cache), upstreamClass.cache, upstreamClass.addresses, place),
  );
  return filters;
}

/** Looks the literal host up, and refuses addresses its class may not dial. */
export function buildResolverFilter(
  name: string,
  cache: string,
  addresses: 'public' | readonly string[],
  place: Place,
): JsonObject {
  return extension(name, 'filters.http.dynamic_forward_proxy.v3.FilterConfig', {
    dns_cache_config: buildDnsCache(cache, addresses, place),
  });
}

function buildHostRoutes(upstream: InterceptUpstream, context: ChainContext): JsonObject {
  const authority = `${upstream.host}:${upstream.port}`;
  return {
    name: upstream.host,
    virtual_hosts: [
      {
        name: 'host',
        domains: upstream.port === 443 ? [upstream.host, authority] : [authority],
        routes: [buildRoute(upstream, context.classes.of(upstream))],
      },
      { name: 'misdirected', domains: ['*'], routes: [buildRefusal('authority-mismatch', 421)] },
    ],
  };
}

/** Bytes forwarded unseen to the TLS name, at an address the resolver let through. */
export function buildPassthroughChain(upstream: PassthroughUpstream, way: Way, context: ChainContext): JsonObject {
  const { place, classes } = context;
  const cache = classes.cacheOf(upstream.addresses);
  const gate =
    way === 'connect'
      ? [
          extension('envoy.filters.network.rbac', 'filters.network.rbac.v3.RBAC', {
            stat_prefix: 'passthrough',
            rules: {
              action: 'ALLOW',
              policies: {
                passthrough: { principals: [buildPrincipal(bindingOf(upstream, way))], permissions: [{ any: true }] },
              },
            },
          }),
        ]
      : [];
  return {
    name: `${way}_${upstream.host}_${upstream.port}`,
    filter_chain_match: { transport_protocol: 'tls', server_names: [upstream.host] },
    filters: [
      ...gate,
      extension(
        'envoy.filters.network.sni_dynamic_forward_proxy',
        'filters.network.sni_dynamic_forward_proxy.v3.FilterConfig',
        {
          port_value: upstream.port,
          dns_cache_config: buildDnsCache(cache, upstream.addresses, place),
        },
      ),
      extension('envoy.filters.network.tcp_proxy', 'filters.network.tcp_proxy.v3.TcpProxy', {
        stat_prefix: 'passthrough',
        cluster: `passthrough_${cache}`,
        idle_timeout: `${upstream.limits.idleSeconds}s`,
        // Not before the gate has seen the first bytes: a mismatched tunnel opens no connection outside.
        upstream_connect_mode: 'ON_DOWNSTREAM_DATA',
        max_early_data_bytes: 65536,
        ...(upstream.limits.streamSeconds === undefined
          ? {}
          : { max_downstream_connection_duration: `${upstream.limits.streamSeconds}s` }),
        access_log: [buildPassthroughLog(place, upstream.port)],
      }),
    ],
  };
}

function bindingOf(upstream: { readonly host: string; readonly port: number }, way: Way): Binding {
  return way === 'connect' ? { kind: 'connect', host: upstream.host, port: upstream.port } : { kind: 'structure' };
}
