/**
 * Why a request went or didn't: one closed set of words for `decide()`, the request log, a refusal's body and the docs,
 * each with its sentence. `decide()` can say more than the proxy, which doesn't tell apart why no rule matched; the proxy
 * can say what no policy foresees.
 */
export const REASONS = {
  'rule-matched': 'a rule of the upstream allows it',
  passthrough: 'the host is passed through unseen; the proxy sees neither method nor path',
  'host-not-listed': 'no upstream of the policy has this host and port',
  'scheme-not-https': 'only https:// URLs are judged; the proxy sends nothing in clear text',
  'malformed-authority': 'the host or port is not written the one way every parser reads alike',
  'malformed-method': 'the method is not one that HTTP clients use for requests',
  'malformed-path': 'the path could be read two ways (dot segments, escaped slashes, parameters, odd bytes)',
  'malformed-query': 'the query holds a byte that two parsers could read differently',
  'malformed-header': 'a header could be read two ways',
  'malformed-request': 'the request is not HTTP as every parser reads it, or is larger than the proxy reads',
  'authority-mismatch': 'the Host header, the TLS name and the CONNECT target are not the same host',
  'header-denied': "a header that the policy's `headers.deny` names was sent",
  'credential-in-query': 'the query carries a key or a signature; only the proxy proves who the agent is',
  'no-rule-matched': 'no rule of the upstream has this method, path and query',
  'method-not-allowed': 'a rule has this path, none with this method',
  'path-not-allowed': 'no rule of the upstream has this path',
  'query-not-allowed': 'the rule for this path pins another query',
  'websocket-not-allowed': 'the upstream does not say `websocket: true`',
  'push-not-readable': 'the push could not be read whole, so its branches are unknown',
  'branch-not-allowed': 'the push changes a branch, or a tag, that no rule names',
  'branch-deletion': 'the push deletes a branch',
  'rate-limited': 'the client asks more often than `limits.requestsPerSecond`',
  'body-too-large': 'the body is larger than `limits.requestBytes`',
  'credential-unavailable': 'the secret is missing or revoked, so the request was not sent',
  'address-not-public': 'the name resolves to an address that the upstream may not be dialled at',
  'upstream-unreachable': 'the host could not be resolved, reached or verified',
  'client-closed': 'the client went away, or fell silent, before the host answered',
  'proxy-refused': 'the proxy refused for a reason that has no word here',
} as const;

/** A word of `REASONS`. */
export type Reason = keyof typeof REASONS;
