import { extension, type JsonObject } from './json';
import type { Place } from './place';
import { buildLua, REFUSE } from './lua';

/** Signs with the proxy's own role. `match_included_headers`: else it signs hop headers that change on the way. */
export function buildSigner(scope: { readonly service: string; readonly region: string }, place: Place): JsonObject {
  const provider =
    place.awsCredentials === 'container'
      ? { container_credential_provider: {} }
      : { environment_credential_provider: {} };
  return extension('sign', 'filters.http.aws_request_signing.v3.AwsRequestSigning', {
    service_name: scope.service,
    region: scope.region,
    match_included_headers: [{ exact: 'content-type' }],
    credential_provider: { custom_credential_provider_chain: true, ...provider },
  });
}

/** The signer forwards unsigned when it has no credentials; this refuses what it didn't sign. */
export function buildSignatureGuard(): JsonObject {
  return buildLua(
    'signed',
    `${REFUSE}
function envoy_on_request(h)
  local a = h:headers():get("authorization")
  if not a or a:sub(1, 17) ~= "AWS4-HMAC-SHA256 " then refuse(h, "503", "credential-unavailable") end
end`,
  );
}
