import {
  CREDENTIAL_IN_QUERY,
  ORDINARY_QUERY_TAIL,
  quote,
  REST_UNIT,
  type HeaderPattern,
  type InterceptUpstream,
} from '../policy';
import { extension, typed, type JsonObject } from './json';
import type { Way } from './way';

const RBAC = 'filters.http.rbac.v3.RBAC';
const ANYONE = [{ any: true }];

/** Policies of the guard and of the binding, named by their reason. `/…`: the reason has two sides, told apart in Envoy only. */
export const GUARDS = [
  'authority-mismatch',
  'authority-mismatch/target',
  'credential-in-query',
  'header-denied',
  'malformed-path',
  'malformed-query',
] as const;
type Policies = { [guard in (typeof GUARDS)[number]]?: JsonObject };

/** Refuses with a reason what no rule should have to think of, on every route alike: one set of expressions for all hosts. */
export function buildGuard(): JsonObject {
  return extension('guard', RBAC, denying(formPolicies('strip')));
}

/** The guard of a route that keeps the agent's credentials: a key in the query passes. Undefined: the common one. */
export function buildRouteGuard({ agentCredentials }: InterceptUpstream): JsonObject | undefined {
  return agentCredentials === 'keep' ? perRoute(denying(formPolicies('keep'))) : undefined;
}

/**
 * Before a route brings its own: with TLS everything is refused, so that nothing passes on a route that names no host; on
 * the gateway the prefix names the upstream, whatever `Host` says.
 */
export function buildBinding(way: Way): JsonObject {
  return extension(
    'binding',
    RBAC,
    denying(way === 'gateway' ? {} : { 'authority-mismatch': always([{ any: true }]) }),
  );
}

/**
 * Many hosts share a connection manager: this is what stops a request for one host on the connection, or in the tunnel, of
 * another (P-16), be it forged or coalesced. Besides, the headers an upstream denies. Undefined: nothing to add.
 */
export function buildRouteBinding(upstream: InterceptUpstream, way: Way): JsonObject | undefined {
  const { host, headers } = upstream;
  const policies: Policies = {};
  if (way !== 'gateway') {
    policies['authority-mismatch'] = always([{ not_rule: { requested_server_name: matchName(host) } }]);
  }
  if (way === 'connect') {
    policies['authority-mismatch/target'] = { principals: [{ not_id: buildTarget(upstream) }], permissions: ANYONE };
  }
  if (headers.deny.length > 0) policies['header-denied'] = always(headers.deny.map(headerDenied));
  return Object.keys(policies).length === 0 ? undefined : perRoute(denying(policies));
}

/** Whoever opened the tunnel for this host and port. */
export function buildTarget({ host, port }: { readonly host: string; readonly port: number }): JsonObject {
  return { filter_state: { key: 'anchorhold.connect', string_match: matchName(`${host}:${port}`) } };
}

/** The one name, or one under the wildcard. Routing ignores case, so must this (P-08). */
function matchName(name: string): JsonObject {
  return name.startsWith('*.') ? { suffix: name.slice(1), ignore_case: true } : { exact: name, ignore_case: true };
}

/** An RBAC configuration for one route. */
export function perRoute(rbac: JsonObject): JsonObject {
  return typed('filters.http.rbac.v3.RBACPerRoute', { rbac });
}

function formPolicies(agentCredentials: 'strip' | 'keep'): Policies {
  const path = (regex: string): JsonObject => ({ header: { name: ':path', string_match: { safe_regex: { regex } } } });
  return {
    // Escapes, doubled slashes and dot segments: two parsers could read them differently.
    'malformed-path': always([
      { not_rule: path(`/${REST_UNIT}*(?:\\?.*)?`) },
      path('[^?]*//.*'),
      path('[^?]*/\\.{1,2}(?:/.*)?(?:\\?.*)?'),
    ]),
    'malformed-query': always([{ not_rule: path(`[^?]*${ORDINARY_QUERY_TAIL}`) }]),
    // The `?key=` of a foreign account must not ride beside our header (C-03).
    ...(agentCredentials === 'strip' ? { 'credential-in-query': always([path(`(?i)${CREDENTIAL_IN_QUERY}`)]) } : {}),
  };
}

/** Each comma-separated item is compared: `a, beta-x` must not hide behind `a`. */
function headerDenied(pattern: HeaderPattern): JsonObject {
  if (pattern.value === undefined) return { header: { name: pattern.name, present_match: true } };
  const value = pattern.value.split('*').map(quote).join('[^,]*');
  return {
    header: { name: pattern.name, string_match: { safe_regex: { regex: `(?is)(.*,)?[ \\t]*${value}[ \\t]*(,.*)?` } } },
  };
}

function always(permissions: readonly JsonObject[]): JsonObject {
  return { principals: ANYONE, permissions };
}

function denying(policies: Policies): JsonObject {
  return { rules: { action: 'DENY', policies } };
}
