/** Whether a text is a header's name (RFC 9110), without `_`, `.`, `*`, `+` and `%`: some servers fold those into others. */
export function isHeaderName(name: string): boolean {
  return /^[a-z0-9!#$&^`|~'-]+$/.test(name.toLowerCase());
}

/** Headers that belong to the connection or to the proxy. */
export function isReservedHeader(name: string): boolean {
  return RESERVED.test(name.toLowerCase());
}

/** Headers that prove who asks: a value set there would be a secret in the policy. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL.test(name.toLowerCase());
}

const RESERVED =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|x-envoy-.*|x-forwarded-.*|x-anchorhold-.*|forwarded|via|accept-encoding)$/;
const CREDENTIAL =
  /^(?:(?:.*-)?(?:authorization|cookie|cookie2|token|secret|password|passwd|api-?key|access-?key|signature)|x-amz-.*)$/;
