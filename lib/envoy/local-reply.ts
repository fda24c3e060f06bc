import { extension, type JsonObject } from './json';
import type { Place } from './place';
import { MISDIRECTED, REFUSAL } from './reason';

/**
 * Refusals an agent's author can read. A missing secret is not the agent's failed login: 503 instead of 401. 421 tells a
 * client that reused a connection for another host to open one for it.
 */
export function buildLocalReply(place: Place): JsonObject {
  return {
    mappers: [
      { filter: statusIs(401), status_code: 503 },
      { filter: statusIs(200), body_format_override: buildPlainBody() },
      { filter: isMisdirected(), status_code: 421 },
    ],
    body_format: {
      json_format: {
        error: 'anchorhold',
        status: '%RESPONSE_CODE%',
        reason: `%CEL(${REFUSAL})%`,
        policy: place.policy.replaceAll('%', '%%'),
      },
    },
  };
}

/** The one answer of Envoy's own that is no refusal: the authority's certificate. */
function buildPlainBody(): JsonObject {
  return {
    text_format_source: { inline_string: '%LOCAL_REPLY_BODY%' },
    content_type: 'application/x-pem-file',
  };
}

function isMisdirected(): JsonObject {
  return {
    extension_filter: extension(
      'envoy.access_loggers.extension_filters.cel',
      'access_loggers.filters.cel.v3.ExpressionFilter',
      { expression: MISDIRECTED },
    ),
  };
}

function statusIs(status: number): JsonObject {
  return {
    status_code_filter: {
      comparison: { op: 'EQ', value: { default_value: status, runtime_key: `anchorhold.status_${status}` } },
    },
  };
}
