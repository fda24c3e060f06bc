import { goldenCases } from './golden-cases';

type Node = Record<string, unknown>;

/** Every object of a JSON text with its path. */
function walk(value: unknown, path = ''): readonly (readonly [path: string, node: Node])[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => walk(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  // Whatever JSON.parse made of an object is a record.
  const node = value as Node;
  return [[path, node] as const, ...Object.entries(node).flatMap(([key, item]) => walk(item, `${path}.${key}`))];
}

function typeOf(node: Node): string {
  return typeof node['@type'] === 'string' ? node['@type'] : '';
}

function ofType(nodes: ReturnType<typeof walk>, end: string): readonly Node[] {
  return nodes.filter(([, node]) => typeOf(node).endsWith(end)).map(([, node]) => node);
}

function names(filters: unknown): readonly string[] {
  return Array.isArray(filters) ? filters.map((filter: { name: string }) => filter.name) : [];
}

/** The connection managers that judge: those with rules. */
function judging(nodes: ReturnType<typeof walk>): readonly Node[] {
  return ofType(nodes, 'HttpConnectionManager').filter((manager) => names(manager['http_filters']).includes('rules'));
}

/** Filters of a manager by name; `disabled`: off by default. */
function filtersOf(manager: Node): ReadonlyMap<string, Node> {
  // The filter list of a manager, as this compiler writes it.
  const list = manager['http_filters'] as readonly { name: string; typed_config: Node; disabled?: boolean }[];
  return new Map(list.map(({ name, typed_config: config, disabled }) => [name, { ...config, disabled }]));
}

/** Every route that leads to an upstream, with the way it stands in. */
function upstreamRoutes(nodes: ReturnType<typeof walk>): readonly UpstreamRoute[] {
  return judging(nodes).flatMap((manager) =>
    walk(manager['route_config']).flatMap(([, route]) => {
      if (!('typed_per_filter_config' in route) || !('metadata' in route)) return [];
      // As `buildRoute` writes it.
      const { anchorhold } = (route['metadata'] as { filter_metadata: { anchorhold: { host: string; port: number } } })
        .filter_metadata;
      return [{ ...anchorhold, way: String(manager['stat_prefix']), route }];
    }),
  );
}

interface UpstreamRoute {
  readonly host: string;
  readonly port: number;
  readonly way: string;
  readonly route: Node;
}

function ownFilters(route: Node): Readonly<Record<string, Node>> {
  // The caller has a route that has it.
  return route['typed_per_filter_config'] as Record<string, Node>;
}

function ownFilter(route: Node, name: string): Node {
  return ownFilters(route)[name] ?? {};
}

describe.each(goldenCases().map((one) => [one.name, one] as const))(
  'the bootstrap of %s',
  (_, { compiled, policy }) => {
    const nodes = walk(JSON.parse(compiled.bootstrap));
    const text = compiled.bootstrap;

    test('polls every file and watches none: watching takes two inotify instances a file', () => {
      for (const [path, node] of nodes.filter(([, found]) => 'path_config_source' in found)) {
        expect([path, node['path_config_source']]).toEqual([
          path,
          expect.objectContaining({ poll_interval: expect.any(String) }),
        ]);
      }
      expect(text).not.toContain('watched_directory');
    });

    test('verifies every TLS upstream against a named bundle and its own name', () => {
      for (const tls of ofType(nodes, 'UpstreamTlsContext')) {
        expect(tls).toMatchObject({
          max_session_keys: 0,
          common_tls_context: {
            validation_context: { trusted_ca: { filename: expect.stringMatching(/^authorities\//) } },
          },
        });
      }
      for (const options of ofType(nodes, 'HttpProtocolOptions')) {
        expect(options).toMatchObject({
          upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
        });
      }
      expect(text).not.toContain('trust_chain_verification');
    });

    test('overwrites with its credential and never lets a request go without', () => {
      for (const injector of ofType(nodes, 'CredentialInjector')) {
        expect(injector).toMatchObject({ overwrite: true, allow_request_without_credential: false });
      }
    });

    test('strips first, judges before it injects, and routes last', () => {
      for (const manager of ofType(nodes, 'HttpConnectionManager')) {
        const order = names(manager['http_filters']);
        expect(order.at(-1)).toBe('envoy.filters.http.router');
        const injectors = order.filter((name) => name.startsWith('inject'));
        if (injectors.length === 0) continue;
        expect(order[0]).toBe('strip');
        for (const name of injectors) expect(order.indexOf(name)).toBeGreaterThan(order.indexOf('rules'));
        expect(order.indexOf('rules')).toBeGreaterThan(order.indexOf('guard'));
      }
    });

    test('binds each route inside TLS to the name of its connection, and behind CONNECT to the target too', () => {
      for (const { host, way, route } of upstreamRoutes(nodes)) {
        if (way === 'gateway') continue;
        const named = host.startsWith('*.') ? { suffix: host.slice(1) } : { exact: host };
        const policies = ownFilter(route, 'binding')['rbac'];
        expect(policies).toMatchObject({
          rules: {
            action: 'DENY',
            policies: {
              'authority-mismatch': {
                principals: [{ any: true }],
                permissions: [{ not_rule: { requested_server_name: { ...named, ignore_case: true } } }],
              },
            },
          },
        });
        if (way === 'connect') expect(policies).toHaveProperty(['rules', 'policies', 'authority-mismatch/target']);
        expect(ownFilter(route, 'same_authority')).toEqual(host.startsWith('*.') ? expect.anything() : {});
      }
    });

    test('refuses on every route that brings no binding and no rules', () => {
      for (const manager of judging(nodes)) {
        const filters = filtersOf(manager);
        expect(filters.get('rules')).toMatchObject({ rules: { action: 'ALLOW', policies: {} } });
        if (manager['stat_prefix'] === 'gateway') continue;
        expect(filters.get('binding')).toMatchObject({
          rules: { action: 'DENY', policies: { 'authority-mismatch': { permissions: [{ any: true }] } } },
        });
      }
    });

    test('gives each route the credential of its own upstream, and none is on by default', () => {
      for (const manager of judging(nodes)) {
        const injectors = [...filtersOf(manager)].filter(([name]) => name.startsWith('inject_'));
        for (const [, { disabled }] of injectors) expect(disabled).toBe(true);
      }
      for (const { host, port, route } of upstreamRoutes(nodes)) {
        const upstream = policy.upstreams.find((one) => one.host === host && one.port === port);
        const credential = upstream?.tls === 'intercept' ? upstream.credential : undefined;
        const own = Object.keys(ownFilters(route)).filter((name) => name.startsWith('inject_'));
        if (credential === undefined || credential.kind === 'sigv4') expect(own).toEqual([]);
        else expect(own).toEqual([expect.stringContaining(credential.kind === 'header' ? credential.secret : '')]);
      }
    });

    test('dials the literal host of the route, whatever the request says', () => {
      for (const { host, port, route } of upstreamRoutes(nodes)) {
        const authority = port === 443 ? host : `${host}:${port}`;
        const resolvers = Object.entries(ownFilters(route)).filter(([name]) => name.startsWith('resolve_'));
        expect(resolvers).toHaveLength(1);
        if (host.startsWith('*.')) continue;
        expect(resolvers[0]?.[1]).toMatchObject({ config: { host_rewrite_literal: authority } });
        expect(route['route']).toMatchObject({ host_rewrite_literal: authority });
      }
    });

    test('guards every signer, scrubs before the codec, and ends each cluster chain in the codec', () => {
      for (const options of ofType(nodes, 'HttpProtocolOptions')) {
        const order = names(options['http_filters']);
        expect(order[0]).toBe('cluster_strip');
        expect(order.at(-1)).toBe('envoy.filters.http.upstream_codec');
        if (order.includes('sign')) expect(order.indexOf('signed')).toBe(order.indexOf('sign') + 1);
      }
    });

    test('ends every list of routes and hosts in a refusal', () => {
      for (const [path, node] of nodes.filter(([, found]) => Array.isArray(found['virtual_hosts']))) {
        // The filter above has seen an array; JSON gives no more.
        const hosts = node['virtual_hosts'] as readonly { domains: readonly string[]; routes: readonly Node[] }[];
        expect([path, hosts.at(-1)?.domains]).toEqual([path, ['*']]);
        expect(hosts.at(-1)?.routes.at(-1)).toMatchObject({
          match: { prefix: '/' },
          direct_response: { status: expect.any(Number) },
        });
      }
    });

    test('cuts no stream at fifteen seconds and sends every literal host where it says', () => {
      for (const [path, node] of nodes.filter(([, found]) => 'cluster' in found && 'timeout' in found)) {
        expect([path, node['timeout']]).toEqual([path, '0s']);
      }
    });

    test('refuses every address that is not public at each resolver', () => {
      const caches = nodes
        .filter(([, found]) => 'dns_cache_config' in found)
        .map(([, found]) => found['dns_cache_config']);
      for (const cache of caches) {
        for (const [address_prefix, prefix_len] of [
          ['169.254.0.0', 16],
          ['127.0.0.0', 8],
          ['fe80::', 10],
          ['::ffff:0:0', 96],
        ] as const) {
          expect(cache).toMatchObject({
            resolved_address_filter: { ranges: expect.arrayContaining([{ address_prefix, prefix_len }]) },
          });
        }
      }
    });

    test('logs no header that proves anything, no query, and no scrubbed value', () => {
      for (const log of ofType(nodes, 'StdoutAccessLog')) {
        const format = JSON.stringify(log);
        expect(format).not.toMatch(/REQ(UEST_HEADER)?\((?!:METHOD|:AUTHORITY)/);
        expect(format).not.toMatch(/%(RESP\(|RESPONSE_HEADER|TRAILER|QUERY)|anchorhold\.scrub|REQUEST_PATH/);
      }
    });

    test('parses paths one way, never rewrites a query, and holds no secret by value', () => {
      for (const manager of ofType(nodes, 'HttpConnectionManager')) {
        expect(manager).toMatchObject({
          normalize_path: false,
          merge_slashes: false,
          path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
          common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
        });
      }
      expect(text).not.toMatch(
        /query_parameter_mutations|ignore_path_parameters|path_separated_prefix|internal_redirect/,
      );
      expect(text).not.toMatch(/inline_bytes|private_key|generic_secret/);
    });

    test('has no administration an agent could reach', () => {
      expect(JSON.parse(text)).toMatchObject({ admin: { address: { pipe: { path: 'admin.sock', mode: 0o600 } } } });
    });

    test('gives a wildcard and a passthrough no credential', () => {
      for (const [, chain] of nodes.filter(([, found]) => 'filter_chain_match' in found)) {
        const chainText = JSON.stringify(chain);
        if (/"server_names":\["\*\./.test(chainText) || chainText.includes('sni_dynamic_forward_proxy')) {
          expect(chainText).not.toContain('CredentialInjector');
        }
      }
    });
  },
);
