import { filterSwitch, type JsonObject } from './json';

/** Where the gateway answers with the authority's certificate. No upstream's prefix can begin with a dot. */
export const AUTHORITY_PATH = '/.well-known/anchorhold/authority.crt';

/** File of the run directory that the keeper writes before Envoy starts: PEM, a public certificate. */
export const AUTHORITY_FILE = 'authority.crt';

/**
 * Hands the authority's certificate to the agent's side, which can't know it before the proxy is made; and shows a load
 * balancer that the proxy answers, which it only does once the keeper holds every secret.
 */
export function buildAuthorityRoute(): JsonObject {
  return {
    name: 'authority',
    match: { path: AUTHORITY_PATH, headers: [{ name: ':method', string_match: { exact: 'GET' } }] },
    direct_response: { status: 200, body: { filename: AUTHORITY_FILE } },
    typed_per_filter_config: { rules: filterSwitch('off') },
  };
}
