import type { Reason } from '../policy';
import { GUARDS } from './guard';

/**
 * Why a request went or didn't, as expressions over what Envoy knows when it logs or answers. Every word is one of
 * `REASONS`. Decided from the response's details, never from RBAC's verdict: that says `allowed` also for a missing
 * secret and for a private address. Routes and RBAC policies that refuse are named by their reason.
 * Every connection manager parses these anew, at about 2.4 KiB a branch.
 */
const DETAILS = 'response.code_details';
const RBAC = "metadata.filter_metadata['envoy.filters.http.rbac']['enforced_effective_policy_id']";

/** Details of a request that reached its upstream. Compared one by one: CEL's `matches` takes no expression past 100 RE2 instructions. */
const REACHED = [
  'via_upstream',
  'max_duration_timeout',
  'stream_idle_timeout',
  'response_timeout',
  'upstream_response_timeout',
  'downstream_remote_disconnect',
];
const HAS_DETAILS = `has(${DETAILS})`;
const IS_REACHED = `(${HAS_DETAILS} && (${[
  ...REACHED.map((detail) => `${DETAILS} == '${detail}'`),
  `${DETAILS}.startsWith('upstream_reset_after_response_started')`,
].join(' || ')}))`;

/** An expression without a value: the field is left out. */
const NOTHING = "metadata.filter_metadata['none']['none']";

/**
 * Details of Envoy's own answers by what they begin with; the first that fits. One branch a reason: CEL nests no deeper
 * than 32.
 */
const DETAIL_REASONS: readonly (readonly [reason: Reason, ...prefixes: readonly string[]])[] = [
  ['no-rule-matched', 'rbac_access_denied_matched_policy[none]', 'route_not_found'],
  ['credential-unavailable', 'failed_to_inject_credential'],
  ['malformed-path', 'path_normalization_failed'],
  ['websocket-not-allowed', 'upgrade_failed'],
  ['address-not-public', 'dns_resolution_failure{address_denied'],
  ['rate-limited', 'local_rate_limited', 'overload'],
  ['body-too-large', 'request_payload_too_large', 'payload_too_large'],
  ['client-closed', 'request_', 'downstream_'],
  ['malformed-request', 'http', 'low_version', 'missing_', 'invalid_', 'absolute_path_rejected'],
  ['upstream-unreachable', 'dns_', 'upstream_', 'no_healthy_upstream', 'cluster_not_found'],
];

const ANSWERED = [
  `!${HAS_DETAILS} ? 'client-closed'`,
  `${DETAILS} == 'direct_response' ? xds.route_name`,
  `${DETAILS} == 'lua_response' ? metadata.filter_metadata['anchorhold.refusal']['reason']`,
  ...DETAIL_REASONS.map(
    ([reason, ...prefixes]) =>
      `(${prefixes.map((prefix) => `${DETAILS}.startsWith('${prefix}')`).join(' || ')}) ? '${reason}'`,
  ),
];
/** Fail closed in words too: what has no word of its own is still a refusal of the proxy's. */
const OTHERWISE: Reason = 'proxy-refused';

/** `allow` or `deny`. Not an answer of the upstream's: not allowed. */
export const DECISION = `${IS_REACHED} ? 'allow' : 'deny'`;

/** A word of `Reason`, for the log. */
export const REASON = [
  `${IS_REACHED} ? 'rule-matched'`,
  ...ANSWERED,
  `${DETAILS}.startsWith('rbac_access_denied') ? (${RBAC} == 'authority-mismatch/target' ? 'authority-mismatch' : ${RBAC})`,
  `'${OTHERWISE}'`,
].join(' : ');

/** The same for a refusal's body, which is written before RBAC's metadata is. */
export const REFUSAL = [
  ...ANSWERED,
  ...GUARDS.map(
    (reason) => `${DETAILS} == 'rbac_access_denied_matched_policy[${reason}]' ? '${reason.replace('/target', '')}'`,
  ),
  `'${OTHERWISE}'`,
].join(' : ');

/** A request for another host than its connection's. */
export const MISDIRECTED = `${DETAILS}.startsWith('rbac_access_denied_matched_policy[authority-mismatch')`;

/** The rule that let the request through; nothing when it was refused. */
export const RULE = `${IS_REACHED} ? ${RBAC} : ${NOTHING}`;

/** The credential that went with it; nothing when it was refused or the upstream has none. */
export const CREDENTIAL = `${IS_REACHED} ? xds.route_metadata.filter_metadata['anchorhold']['credential'] : ${NOTHING}`;
