import { extension, typed, type JsonObject } from './json';

/** Whatever an agent could prove itself with: any slot, so that a foreign key beside ours never leaves (C-02, C-04). */
const CREDENTIAL_HEADERS = [
  'authorization',
  'x-api-key',
  'api-key',
  'apikey',
  'x-goog-api-key',
  'cookie',
  'x-auth-token',
  'x-access-token',
  'private-token',
  'job-token',
] as const;
const CREDENTIAL_PREFIXES = ['x-amz-', 'x-goog-'] as const;

/** What changes where a request goes or what it means after it was judged, and our own marks. */
const STEERING_HEADERS = [
  'proxy-authorization',
  'x-original-url',
  'x-rewrite-url',
  'x-original-host',
  'x-host',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'forwarded',
  'via',
] as const;
const STEERING_PREFIXES = ['x-envoy-', 'x-anchorhold-'] as const;

/** An answer must not steer the client to another host or make it hold a session of ours. */
const RESPONSE_HEADERS = ['alt-svc', 'proxy-authenticate', 'proxy-connection', 'server-timing'] as const;

/** First filter of every chain: nothing the agent can prove itself with. */
export function buildStrip(): JsonObject {
  return mutation('strip', [...names(CREDENTIAL_HEADERS), ...prefixes(CREDENTIAL_PREFIXES)]);
}

/** The part of stripping that `agentCredentials: keep` can't turn off. */
export function buildSteeringStrip(): JsonObject {
  return mutation('steering', [...names(STEERING_HEADERS), ...prefixes(STEERING_PREFIXES)]);
}

/**
 * What Envoy itself added, removed in the cluster: removing `x-forwarded-proto` earlier breaks routing after a filter
 * that clears the route cache. `identity`: the scrubber can't read compressed bytes.
 */
export function buildClusterStrip(scrub: boolean): JsonObject {
  const own = prefixes(['x-forwarded-', 'x-envoy-', 'x-anchorhold-']);
  return mutation('cluster_strip', scrub ? [...own, overwrite('accept-encoding', 'identity')] : own);
}

/** Headers to remove from every answer. */
export function buildResponseStrip(agentCredentials: 'strip' | 'keep'): readonly string[] {
  return agentCredentials === 'strip' ? [...RESPONSE_HEADERS, 'set-cookie'] : RESPONSE_HEADERS;
}

/** Sets what the route says. */
export function buildHeaderSet(): JsonObject {
  return extension('set', 'filters.http.header_mutation.v3.HeaderMutation', {});
}

/** Sets headers, whatever the agent sent. */
export function buildRouteHeaderSet(set: Readonly<Record<string, string>>): JsonObject {
  return typed('filters.http.header_mutation.v3.HeaderMutationPerRoute', {
    mutations: { request_mutations: Object.entries(set).map(([key, value]) => overwrite(key, value)) },
  });
}

/** One `append` mutation that replaces. `%` is doubled: it would start a substitution. */
export function overwrite(key: string, value: string): JsonObject {
  return {
    append: { header: { key, value: value.replaceAll('%', '%%') }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
  };
}

/** A `header_mutation` filter over the request. */
export function mutation(name: string, requestMutations: readonly JsonObject[]): JsonObject {
  return extension(name, 'filters.http.header_mutation.v3.HeaderMutation', {
    mutations: { request_mutations: requestMutations },
  });
}

function names(headers: readonly string[]): readonly JsonObject[] {
  return headers.map((remove) => ({ remove }));
}

function prefixes(headers: readonly string[]): readonly JsonObject[] {
  return headers.map((prefix) => ({ remove_on_match: { key_matcher: { prefix, ignore_case: true } } }));
}
