import {
  CREDENTIAL_IN_QUERY,
  ORDINARY_QUERY_TAIL,
  pathExpression,
  quote,
  REST_CLASS,
  ruleMethods,
  type HeaderPattern,
  type InterceptUpstream,
  type Rule,
} from '../policy';
import { extension, typed, type JsonObject } from './json';

/** How the asked authority is bound to the upstream. */
export type Binding =
  /** The connection itself names the host: SNI chain or prefix. */
  | { readonly kind: 'structure' }
  /** Besides, the CONNECT target must be the same (P-16). */
  | { readonly kind: 'connect'; readonly host: string; readonly port: number };

/** Refuses with a reason what no rule should have to think of. Its policies are named by the reason the log gives. */
export function buildGuard(upstream: InterceptUpstream, binding: Binding): JsonObject {
  return extension('guard', 'filters.http.rbac.v3.RBAC', buildGuardRules(upstream, binding, ''));
}

/** Allows what a rule allows; the log names the rule. Nothing matched is 403. */
export function buildRules(upstream: InterceptUpstream, binding: Binding): JsonObject {
  return extension('rules', 'filters.http.rbac.v3.RBAC', buildAllowRules(upstream, binding, ''));
}

/** The same pair for one route of a shared chain, by filter name. */
export function buildRouteRules(upstream: InterceptUpstream, prefix: string): JsonObject {
  const perRoute = (rbac: JsonObject): JsonObject => typed('filters.http.rbac.v3.RBACPerRoute', { rbac });
  return {
    guard: perRoute(buildGuardRules(upstream, { kind: 'structure' }, prefix)),
    rules: perRoute(buildAllowRules(upstream, { kind: 'structure' }, prefix)),
  };
}

/** Refuses everything: what a shared chain does on a route that brings no rules. */
export function buildClosedRules(): JsonObject {
  return extension('rules', 'filters.http.rbac.v3.RBAC', { rules: { action: 'ALLOW', policies: {} } });
}

/** Refuses nothing: the guard of a shared chain before a route brings its own. */
export function buildOpenGuard(): JsonObject {
  return extension('guard', 'filters.http.rbac.v3.RBAC', { rules: { action: 'DENY', policies: {} } });
}

function buildGuardRules(upstream: InterceptUpstream, binding: Binding, prefix: string): JsonObject {
  const path = (regex: string): JsonObject => ({ header: { name: ':path', string_match: { safe_regex: { regex } } } });
  const policies: Record<string, JsonObject> = {
    // Escapes, doubled slashes and dot segments: two parsers could read them differently.
    'malformed-path': policy([
      { not_rule: path(`${quote(prefix)}/${REST_CLASS}*(?:\\?.*)?`) },
      path('[^?]*//.*'),
      path('[^?]*/\\.{1,2}(?:/.*)?(?:\\?.*)?'),
    ]),
    'malformed-query': policy([{ not_rule: path(`[^?]*${ORDINARY_QUERY_TAIL}`) }]),
  };
  // The `?key=` of a foreign account must not ride beside our header (C-03).
  if (upstream.agentCredentials === 'strip')
    policies['credential-in-query'] = policy([path(`(?i)${CREDENTIAL_IN_QUERY}`)]);
  if (upstream.headers.deny.length > 0) policies['header-denied'] = policy(upstream.headers.deny.map(headerDenied));
  if (binding.kind === 'connect') {
    policies['authority-mismatch'] = {
      principals: [{ not_id: buildPrincipal(binding) }],
      permissions: [{ any: true }],
    };
  }
  return { rules: { action: 'DENY', policies } };
}

function buildAllowRules(upstream: InterceptUpstream, binding: Binding, prefix: string): JsonObject {
  const principal = buildPrincipal(binding);
  const policies = Object.fromEntries(
    upstream.rules.map((rule) => [rule.id, { principals: [principal], permissions: [buildPermission(rule, prefix)] }]),
  );
  return { rules: { action: 'ALLOW', policies } };
}

/** Whoever comes by the bound authority. */
export function buildPrincipal(binding: Binding): JsonObject {
  if (binding.kind === 'structure') return { any: true };
  const suffix = `:${binding.port}`;
  // Routing ignores case; an exact match that doesn't would open the tunnel and refuse all inside (P-08).
  const stringMatch = binding.host.startsWith('*.')
    ? { suffix: binding.host.slice(1) + suffix, ignore_case: true }
    : { exact: binding.host + suffix, ignore_case: true };
  return { filter_state: { key: 'anchorhold.connect', string_match: stringMatch } };
}

function buildPermission(rule: Rule, prefix: string): JsonObject {
  const regex = quote(prefix) + pathExpression(rule.path) + buildQueryRegex(rule.query);
  return {
    and_rules: {
      rules: [
        { header: { name: ':method', string_match: buildMethods(ruleMethods(rule)) } },
        { header: { name: ':path', string_match: { safe_regex: { regex } } } },
      ],
    },
  };
}

function buildMethods(methods: readonly string[]): JsonObject {
  const [only] = methods;
  return methods.length === 1 && only !== undefined ? { exact: only } : { safe_regex: { regex: methods.join('|') } };
}

/** The guard has judged the query's form; here only what the rule pins. A lone `?` is no query. */
function buildQueryRegex(query: Rule['query']): string {
  if (query === 'ordinary') return '(?:\\?.*)?';
  return query.exact === '' ? '\\??' : `\\?${quote(query.exact)}`;
}

/** Each comma-separated item is compared: `a, beta-x` must not hide behind `a`. */
function headerDenied(pattern: HeaderPattern): JsonObject {
  if (pattern.value === undefined) return { header: { name: pattern.name, present_match: true } };
  const value = pattern.value.split('*').map(quote).join('[^,]*');
  return {
    header: { name: pattern.name, string_match: { safe_regex: { regex: `(?is)(.*,)?[ \\t]*${value}[ \\t]*(,.*)?` } } },
  };
}

function policy(permissions: readonly JsonObject[]): JsonObject {
  return { principals: [{ any: true }], permissions };
}
