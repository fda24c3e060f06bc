/**
 * What a request line may consist of. Plain strings that mean the same in RE2 and in JavaScript without flags, so that
 * `decide` and the Envoy compiler judge with one grammar. Every expression is meant for a full match.
 * No `;` or `\` in a path: two parsers read them differently, and no escape but two (CVE-2021-29492, CVE-2026-73553).
 */

/** Methods a rule may name, and all that `any` means. CONNECT, TRACE and the rest are never forwarded. */
export const ANY_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** One character of a literal path segment. */
export const SEGMENT_CLASS = '[A-Za-z0-9._~!$&()*+,=:@-]';

/**
 * One character of what `*` stands for. `%3A` because the clients of some clouds escape the colon of a model's name: a
 * parser that decodes it reads a path that the same `*` admits, so nothing is gained by it.
 */
export const SEGMENT_UNIT = `(?:${SEGMENT_CLASS}|%3[Aa])`;

/**
 * A slash escaped after a scope, as npm asks for `/@scope%2fname`. Letters and digits stand on both sides, so whichever way
 * it is read, no segment is empty or dotted, and both readings lie below the same `/**`.
 */
const SCOPE_SLASH = '@[A-Za-z0-9][A-Za-z0-9._~-]*%2[Ff][A-Za-z0-9]';

/** One character of what `/**` stands for, or a scope with its escaped slash and the character after it. */
export const REST_UNIT = `(?:[A-Za-z0-9._~!$&()*+,=:@/-]|%3[Aa]|${SCOPE_SLASH})`;

/** One character of a query key: no `%`, or a key's name could hide (`%4bEY=`); no `+`, `[` or `;`, which servers fold or split at. */
export const QUERY_KEY_CLASS = '[A-Za-z0-9._~-]';

/** One character (or escape) of a query value. */
export const QUERY_VALUE_UNIT = "(?:[A-Za-z0-9._~!$'()*+,:@/?=-]|%[0-9A-Fa-f]{2})";

const QUERY_PAIR = `${QUERY_KEY_CLASS}+(?:=${QUERY_VALUE_UNIT}*)?`;

/** An ordinary query without its `?`: `key[=value]` joined by single `&`. */
export const ORDINARY_QUERY = `${QUERY_PAIR}(?:&${QUERY_PAIR})*`;

/** What may follow the path of a rule without a query: nothing, a lone `?`, or an ordinary query. */
export const ORDINARY_QUERY_TAIL = `(?:\\?(?:${ORDINARY_QUERY})?)?`;

/**
 * Names of query keys that carry a credential, or a method override that would change what a rule allowed. Lower case:
 * in RE2 put `(?i)` first, in JavaScript use the flag.
 */
export const CREDENTIAL_QUERY_KEY =
  '(?:key|(?:x[._-]?)?(?:api|access|secret|subscription|auth)[._-]?key(?:[._-]?id)?' +
  '|(?:access|private|job|auth|oauth|id|refresh|session|security|bearer|deploy|ci|api|user|personal|x[._-]auth)?[._-]?token' +
  '|auth|authorization|bearer|jwt|sig|signature|credentials?|pass|passwd|password|secret|client[._-]?secret|api[._-]?secret' +
  '|awsaccesskeyid|googleaccessid|x-amz-[a-z0-9._~-]*|x-goog-[a-z0-9._~-]*|_method)';

/** Full match on a whole `path?query` (RE2: prefix `(?i)`): some key of the query looks like a credential. */
export const CREDENTIAL_IN_QUERY = `[^?]*\\?(?:.*&)?${CREDENTIAL_QUERY_KEY}(?:=.*|&.*)?`;

/** Escapes a literal for either dialect. */
export function quote(literal: string): string {
  return literal.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
