import { extension, type JsonObject } from './json';
import { buildLua, REFUSE } from './lua';

/**
 * Signs with the proxy's own role: the environment's credentials where there are any, else those of its container. Never
 * the machine's: the chain has no instance provider. `match_included_headers`: else it signs hop headers that change on the way.
 */
export function buildSigner(scope: { readonly service: string; readonly region: string }): JsonObject {
  return extension('sign', 'filters.http.aws_request_signing.v3.AwsRequestSigning', {
    service_name: scope.service,
    region: scope.region,
    match_included_headers: [{ exact: 'content-type' }],
    credential_provider: {
      custom_credential_provider_chain: true,
      environment_credential_provider: {},
      container_credential_provider: {},
    },
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
