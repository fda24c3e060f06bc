/**
 * Why a request went or didn't, as expressions over what Envoy knows when it logs or answers.
 * Decided from the response's details, never from RBAC's verdict: that says `allowed` also for a missing secret and for
 * a private address. Routes and RBAC policies that refuse are named by their reason.
 */
const DETAILS = 'response.code_details';
const RBAC = "metadata.filter_metadata['envoy.filters.http.rbac']";

/** Details of a request that reached its upstream. */
const REACHED = [
  'via_upstream',
  'max_duration_timeout',
  'stream_idle_timeout',
  'response_timeout',
  'upstream_response_timeout',
  'downstream_remote_disconnect',
] as const;

/** Start of Envoy's detail, and our word. The first match counts. */
const WORDS: readonly (readonly [detail: string, reason: string])[] = [
  ['failed_to_inject_credential', 'credential-unavailable'],
  ['dns_resolution_failure{address_denied', 'address-not-public'],
  ['dns_resolution_failure', 'upstream-not-resolved'],
  ['dns_cache', 'upstream-not-resolved'],
  ['request_payload_too_large', 'request-too-large'],
  ['local_rate_limited', 'rate-limited'],
  ['path_normalization_failed', 'malformed-path'],
  ['upgrade_failed', 'websocket-not-allowed'],
  ['http.invalid_authority', 'malformed-authority'],
  ['http1.', 'malformed-request'],
  ['http2.', 'malformed-request'],
  ['http.', 'malformed-request'],
  ['low_version', 'malformed-request'],
  ['request_header_timeout', 'timeout'],
  ['request_overall_timeout', 'timeout'],
  ['upstream_reset_before_response_started{connection_failure', 'upstream-unreachable'],
  ['upstream_reset_before_response_started{remote_connection_failure|TLS', 'upstream-unverified'],
  ['upstream_reset_before_response_started', 'upstream-unreachable'],
  ['no_healthy_upstream', 'upstream-unreachable'],
];

/** Policies of the guard, which are named by their reason. */
export const GUARDS = [
  'authority-mismatch',
  'credential-in-query',
  'header-denied',
  'malformed-path',
  'malformed-query',
] as const;

const IS_REACHED = `(${REACHED.map((detail) => `${DETAILS} == '${detail}'`).join(' || ')} || ${DETAILS}.startsWith('upstream_reset_after_response_started'))`;

/** `allow` or `deny`. Not an answer of the upstream's: not allowed. */
export const DECISION = `${IS_REACHED} ? 'allow' : 'deny'`;

/** A word of `Reason`, or one of those above; Envoy's own detail where nothing else is known. */
export const REASON = [
  `${DETAILS} == 'via_upstream' ? 'rule-matched'`,
  `${DETAILS} == 'direct_response' ? xds.route_name`,
  `${DETAILS} == 'lua_response' ? metadata.filter_metadata['anchorhold.refusal']['reason']`,
  `${DETAILS} == 'rbac_access_denied_matched_policy[none]' ? 'no-rule-matched'`,
  // From the details, not from metadata: a refusal's body is written before its metadata is.
  ...GUARDS.map((reason) => `${DETAILS} == 'rbac_access_denied_matched_policy[${reason}]' ? '${reason}'`),
  ...WORDS.map(([detail, reason]) => `${DETAILS}.startsWith('${detail}') ? '${reason}'`),
  DETAILS,
].join(' : ');

/** An expression without a value: the field is left out. */
const NOTHING = "metadata.filter_metadata['none']['none']";

/** The rule that let the request through; nothing when it was refused. */
export const RULE = `${IS_REACHED} ? ${RBAC}['enforced_effective_policy_id'] : ${NOTHING}`;

/** The credential that went with it; nothing when it was refused or the upstream has none. */
export const CREDENTIAL = `${IS_REACHED} ? xds.route_metadata.filter_metadata['anchorhold']['credential'] : ${NOTHING}`;
