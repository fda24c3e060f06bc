import type { Limits } from '../policy';
import { extension, typed, type JsonObject } from './json';
import { mutation } from './strip';
import type { Way } from './way';

const RATE_LIMIT = 'filters.http.local_ratelimit.v3.LocalRateLimit';
const CLIENT_HEADER = 'x-anchorhold-client';
const MAX_CLIENTS = 512;
const ALWAYS = { default_value: { numerator: 100, denominator: 'HUNDRED' } };

/** Name of the filter that refuses bodies larger than a limit. */
export function bodyLimitName(limits: Limits): string {
  return `body_${limits.requestBytes}`;
}

/** Refuses bodies that are larger. It has no form for a route: one filter a size. */
export function buildBodyLimit(limits: Limits): JsonObject {
  return extension(bodyLimitName(limits), 'filters.http.body_size_limit.v3.BodySizeLimit', {
    max_request_bytes: limits.requestBytes,
  });
}

/** Counts nothing until a route brings its limit. */
export function buildRateLimit(): JsonObject {
  return extension('rate', RATE_LIMIT, { stat_prefix: 'rate' });
}

/**
 * Requests a second for each client. Behind the internal listener the remote address is Envoy's own and never limits,
 * so there the client is read from a header that `buildClientMark` writes and the agent can't forge.
 */
export function buildRouteRate({ requestsPerSecond: rate }: Limits, way: Way): JsonObject {
  const bucket = (tokens: number): JsonObject => ({ max_tokens: tokens, tokens_per_fill: tokens, fill_interval: '1s' });
  const [action, key] =
    way === 'connect'
      ? [{ request_headers: { header_name: CLIENT_HEADER, descriptor_key: 'client' } }, 'client']
      : [{ remote_address: {} }, 'remote_address'];
  return typed(RATE_LIMIT, {
    stat_prefix: 'rate',
    enable_retry_after_header: true,
    max_dynamic_descriptors: MAX_CLIENTS,
    token_bucket: bucket(Math.min(rate * MAX_CLIENTS, 4294967295)),
    filter_enabled: ALWAYS,
    filter_enforced: ALWAYS,
    rate_limits: [{ actions: [action] }],
    descriptors: [{ entries: [{ key }], token_bucket: bucket(rate) }],
  });
}

/** Writes the client's address, kept by the CONNECT listener, where the rate limit reads it. The cluster removes it. */
export function buildClientMark(): JsonObject {
  return mutation('client', [
    {
      append: {
        header: { key: CLIENT_HEADER, value: '%FILTER_STATE(anchorhold.client:PLAIN)%' },
        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      },
    },
  ]);
}

/** Time-outs of a route: a stream may last, but not silently. Envoy's default would cut every stream at 15 s. */
export function buildRouteTimes(limits: Limits): JsonObject {
  return {
    timeout: '0s',
    idle_timeout: `${limits.idleSeconds}s`,
    ...(limits.streamSeconds === undefined
      ? {}
      : { max_stream_duration: { max_stream_duration: `${limits.streamSeconds}s` } }),
  };
}
