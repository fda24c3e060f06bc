import { pathExpression, quote, ruleMethods, type InterceptUpstream, type Rule } from '../policy';
import { perRoute } from './guard';
import { extension, type JsonObject } from './json';

/** Refuses everything: a route must bring what it allows. */
export function buildRules(): JsonObject {
  return extension('rules', 'filters.http.rbac.v3.RBAC', { rules: { action: 'ALLOW', policies: {} } });
}

/** Allows what a rule of the upstream allows; the log names the rule. Nothing matched is 403. */
export function buildRouteRules(upstream: InterceptUpstream, prefix: string): JsonObject {
  const policies = Object.fromEntries(
    upstream.rules.map((rule) => [
      rule.id,
      { principals: [{ any: true }], permissions: [buildPermission(rule, prefix)] },
    ]),
  );
  return perRoute({ rules: { action: 'ALLOW', policies } });
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
