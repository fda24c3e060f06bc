import { extension, type JsonObject } from './json';
import type { Place } from './place';
import { CREDENTIAL, DECISION, REASON, RULE } from './reason';

const AGENT_PATH_LIMIT = 2048;

/** Response flags of a connection that was never forwarded. */
const UNREACHED = "has(connection.termination_details) ? 'authority-mismatch'";

/** `tlsPort`: the host is the TLS name, at this port; else what the route says. One line for each request. No query, no header of the agent's but its path: nothing to forge a second record with. */
export function buildRequestLog(place: Place, tlsPort?: number): JsonObject {
  return stdout({
    ...base(place),
    decision: `%CEL(${DECISION})%`,
    reason: `%CEL(${REASON})%`,
    method: '%REQUEST_HEADER(:METHOD)%',
    host: tlsPort === undefined ? '%METADATA(ROUTE:anchorhold:host)%' : '%REQUESTED_SERVER_NAME%',
    port: tlsPort ?? '%METADATA(ROUTE:anchorhold:port)%',
    path: `%PATH(NQ:PATH):${AGENT_PATH_LIMIT}%`,
    rule: `%CEL(${RULE})%`,
    credential: `%CEL(${CREDENTIAL})%`,
    status: '%RESPONSE_CODE%',
    ...traffic(),
  });
}

/** One line for what no upstream's route took: the authority as the agent asked it. */
export function buildUnroutedLog(place: Place): JsonObject {
  return stdout({
    ...base(place),
    decision: 'deny',
    reason: `%CEL(${REASON})%`,
    method: '%REQUEST_HEADER(:METHOD)%',
    host: '%REQUEST_HEADER(:AUTHORITY):255%',
    path: `%PATH(NQ:PATH):${AGENT_PATH_LIMIT}%`,
    status: '%RESPONSE_CODE%',
    ...traffic(),
  });
}

/** One line for each opaque connection; its verdict is whether bytes could flow. */
export function buildPassthroughLog(place: Place, port: number): JsonObject {
  return stdout({
    ...base(place),
    decision: "%CEL(!has(connection.termination_details) && has(upstream.address) ? 'allow' : 'deny')%",
    reason: `%CEL(${UNREACHED} : has(upstream.address) ? 'passthrough' : 'upstream-unreachable')%`,
    method: 'CONNECT',
    host: '%REQUESTED_SERVER_NAME%',
    port,
    ...traffic(),
  });
}

/** One line for a connection that found no chain: unknown or no TLS name, or no TLS. */
export function buildHandshakeLog(place: Place, port: number, reason: string): JsonObject {
  const log = stdout({
    ...base(place),
    decision: 'deny',
    reason,
    host: '%REQUESTED_SERVER_NAME%',
    port,
    ...traffic(),
  });
  return { ...log, filter: { response_flag_filter: { flags: ['NR'] } } };
}

function base(place: Place): JsonObject {
  return { time: '%START_TIME%', policy: place.digest, agent: literal(place.agent) };
}

function traffic(): JsonObject {
  return {
    requestBytes: '%BYTES_RECEIVED%',
    responseBytes: '%BYTES_SENT%',
    durationMs: '%DURATION%',
    upstreamAddress: '%UPSTREAM_REMOTE_ADDRESS%',
    requestId: '%STREAM_ID%',
  };
}

/** A name that can't start a substitution. */
function literal(text: string): string {
  return text.replaceAll('%', '%%');
}

function stdout(format: JsonObject): JsonObject {
  return extension('envoy.access_loggers.stdout', 'access_loggers.stream.v3.StdoutAccessLog', {
    log_format: { omit_empty_values: true, json_format: format },
  });
}
