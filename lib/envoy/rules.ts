import type { HeaderPattern, InterceptUpstream, PathPattern, PathSegment, Rule } from '../policy';
import { escapeRegex, extension, typed, type JsonObject } from './json';

/** One path segment. No `%`, `;`, `\`: two parsers could read them differently. */
const SEGMENT = "[A-Za-z0-9._~!$&'()*+,=:@-]";
const QUERY_KEY = '[A-Za-z0-9._~-]+';
const QUERY_VALUE = '[A-Za-z0-9._~,:/+%-]*';
const QUERY = `${QUERY_KEY}(=${QUERY_VALUE})?(&${QUERY_KEY}(=${QUERY_VALUE})?)*`;
/** A percent sign may stand in values only, so that a key's name can't hide (C-03). */
const CREDENTIAL_KEY =
  '(key|api[._-]?key|access[._-]?token|private[._-]?token|auth[._-]?token|token|auth|sig|signature|x-amz-.*|x-goog-.*)';

/** How the asked authority is bound to the upstream. */
export type Binding =
  /** The connection itself names the host: SNI chain or prefix. */
  | { readonly kind: 'structure' }
  /** Besides, the CONNECT target must be the same (P-16). */
  | { readonly kind: 'connect'; readonly host: string; readonly port: number };

/** Refuses with a reason what no rule should have to think of. Its policies are named by the reason the log gives. */
export function buildGuard(upstream: InterceptUpstream, prefix = ''): JsonObject {
  return extension('guard', 'filters.http.rbac.v3.RBAC', buildGuardRules(upstream, prefix));
}

/** Allows what a rule allows; the log names the rule. Nothing matched is 403. */
export function buildRules(upstream: InterceptUpstream, binding: Binding, prefix = ''): JsonObject {
  return extension('rules', 'filters.http.rbac.v3.RBAC', buildAllowRules(upstream, binding, prefix));
}

/** The same pair for one route of a shared chain, by filter name. */
export function buildRouteRules(upstream: InterceptUpstream, prefix: string): JsonObject {
  const perRoute = (rbac: JsonObject): JsonObject => typed('filters.http.rbac.v3.RBACPerRoute', { rbac });
  return {
    guard: perRoute(buildGuardRules(upstream, prefix)),
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

function buildGuardRules(upstream: InterceptUpstream, prefix: string): JsonObject {
  const path = (regex: string): JsonObject => ({ header: { name: ':path', string_match: { safe_regex: { regex } } } });
  const policies: Record<string, JsonObject> = {
    'malformed-path': policy([{ not_rule: path(`${escapeRegex(prefix)}/(${SEGMENT}|/)*(\\?.*)?`) }]),
    'malformed-query': policy([
      { and_rules: { rules: [path('[^?]*\\?.*'), { not_rule: path(`[^?]*\\?(${QUERY})?`) }] } },
    ]),
  };
  if (upstream.agentCredentials === 'strip') {
    policies['credential-in-query'] = policy([path(`(?i)[^?]*\\?(.*&)?${CREDENTIAL_KEY}(=.*|&.*)?`)]);
  }
  if (upstream.headers.deny.length > 0) policies['header-denied'] = policy(upstream.headers.deny.map(headerDenied));
  if (!upstream.websocket) {
    policies['websocket-not-allowed'] = policy([
      { header: { name: 'upgrade', string_match: { contains: 'websocket', ignore_case: true } } },
    ]);
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
  const regex = escapeRegex(prefix) + buildPathRegex(rule.path) + buildQueryRegex(rule.query);
  return {
    and_rules: {
      rules: [
        { header: { name: ':method', string_match: buildMethods(rule.methods) } },
        { header: { name: ':path', string_match: { safe_regex: { regex } } } },
      ],
    },
  };
}

function buildMethods(methods: Rule['methods']): JsonObject {
  if (methods === 'any') return { safe_regex: { regex: 'DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT' } };
  const [only] = methods;
  return methods.length === 1 && only !== undefined ? { exact: only } : { safe_regex: { regex: methods.join('|') } };
}

/** The path's expression, anchored by being a full match. */
export function buildPathRegex(path: PathPattern): string {
  const segments = path.segments.map((segment) => `/${segmentRegex(segment)}`).join('');
  if (path.rest) return `${segments}/(${SEGMENT}|/)*`;
  return segments + (path.trailingSlash || path.segments.length === 0 ? '/' : '');
}

function segmentRegex(segment: PathSegment): string {
  const suffix = segment.optionalSuffix === undefined ? '' : `(${escapeRegex(segment.optionalSuffix)})?`;
  return ('literal' in segment ? escapeRegex(segment.literal) : `${SEGMENT}+`) + suffix;
}

function buildQueryRegex(query: Rule['query']): string {
  if (query === 'ordinary') return '(\\?.*)?';
  return query.exact === '' ? '' : `\\?${escapeRegex(query.exact)}`;
}

/** Each comma-separated item is compared: `a, beta-x` must not hide behind `a`. */
function headerDenied(pattern: HeaderPattern): JsonObject {
  if (pattern.value === undefined) return { header: { name: pattern.name, present_match: true } };
  const value = pattern.value.split('*').map(escapeRegex).join('[^,]*');
  return {
    header: { name: pattern.name, string_match: { safe_regex: { regex: `(?is)(.*,)?[ \\t]*${value}[ \\t]*(,.*)?` } } },
  };
}

function policy(permissions: readonly JsonObject[]): JsonObject {
  return { principals: [{ any: true }], permissions };
}
