import type { JsonObject } from './json';
import { buildLua, REFUSE } from './lua';

/** Name of the filter below. */
export const SAME_AUTHORITY = 'same_authority';

/**
 * Under a wildcard the chain alone can't bind: target, TLS name and Host may all fit and still differ (P-16).
 * Refuses unless all that are there are the same host.
 */
export function buildSameAuthority(): JsonObject {
  return buildLua(
    SAME_AUTHORITY,
    `${REFUSE}
local function name(s)
  return (s:lower():gsub(":%d+$", ""):gsub("%.$", ""))
end
function envoy_on_request(h)
  local host = name(h:headers():get(":authority") or "")
  local sni = name(h:streamInfo():requestedServerName() or "")
  local state = h:streamInfo():filterState():get("anchorhold.connect")
  if host == "" or host ~= sni or (state and name(state) ~= sni) then refuse(h, "421", "authority-mismatch") end
end`,
  );
}
