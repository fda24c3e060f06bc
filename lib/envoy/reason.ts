import { GUARDS } from './guard';

/**
 * Why a request went or didn't, as expressions over what Envoy knows when it logs or answers.
 * Decided from the response's details, never from RBAC's verdict: that says `allowed` also for a missing secret and for
 * a private address. Routes and RBAC policies that refuse are named by their reason.
 * Every connection manager parses these anew, at about 2.4 KiB a branch: 27 branches cost 150 MiB at 1,000 hosts.
 * So only words of the policy language have one; the rest is told in Envoy's own words (`local_rate_limited`).
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
const IS_REACHED = `(${[
  ...REACHED.map((detail) => `${DETAILS} == '${detail}'`),
  `${DETAILS}.startsWith('upstream_reset_after_response_started')`,
].join(' || ')})`;

/** An expression without a value: the field is left out. */
const NOTHING = "metadata.filter_metadata['none']['none']";

const ANSWERED = [
  `${DETAILS} == 'direct_response' ? xds.route_name`,
  `${DETAILS} == 'lua_response' ? metadata.filter_metadata['anchorhold.refusal']['reason']`,
  `${DETAILS} == 'rbac_access_denied_matched_policy[none]' ? 'no-rule-matched'`,
  `${DETAILS} == 'failed_to_inject_credential' ? 'credential-unavailable'`,
  `${DETAILS} == 'path_normalization_failed' ? 'malformed-path'`,
  `${DETAILS} == 'upgrade_failed' ? 'websocket-not-allowed'`,
  `${DETAILS}.startsWith('dns_resolution_failure{address_denied') ? 'address-not-public'`,
];

/** `allow` or `deny`. Not an answer of the upstream's: not allowed. */
export const DECISION = `${IS_REACHED} ? 'allow' : 'deny'`;

/** A word of `Reason`, or one of those above; Envoy's own detail where nothing else is known. */
export const REASON = [
  `${IS_REACHED} ? 'rule-matched'`,
  ...ANSWERED,
  `${DETAILS}.startsWith('rbac_access_denied') ? (${RBAC} == 'authority-mismatch/target' ? 'authority-mismatch' : ${RBAC})`,
  DETAILS,
].join(' : ');

/** The same for a refusal's body, which is written before RBAC's metadata is. */
export const REFUSAL = [
  ...ANSWERED,
  ...GUARDS.map(
    (reason) => `${DETAILS} == 'rbac_access_denied_matched_policy[${reason}]' ? '${reason.replace('/target', '')}'`,
  ),
  DETAILS,
].join(' : ');

/** A request for another host than its connection's. */
export const MISDIRECTED = `${DETAILS}.startsWith('rbac_access_denied_matched_policy[authority-mismatch')`;

/** The rule that let the request through; nothing when it was refused. */
export const RULE = `${IS_REACHED} ? ${RBAC} : ${NOTHING}`;

/** The credential that went with it; nothing when it was refused or the upstream has none. */
export const CREDENTIAL = `${IS_REACHED} ? xds.route_metadata.filter_metadata['anchorhold']['credential'] : ${NOTHING}`;
