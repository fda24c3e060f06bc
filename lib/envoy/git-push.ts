import type { InterceptUpstream, PathSegment, Rule } from '../policy';
import { extension, typed, type JsonObject } from './json';
import { luaString, REFUSE } from './lua';

/** True when a rule of the upstream allows pushing only to some branches. */
export function restrictsBranches(upstream: InterceptUpstream): boolean {
  return upstream.rules.some((rule) => rule.branches !== undefined);
}

/** Does what the route says. */
export function buildPushFilter(): JsonObject {
  return extension('push', 'filters.http.lua.v3.Lua');
}

/**
 * Reads the commands of a push (the pkt-lines before the first flush) and refuses what isn't wholly within the branches.
 * Refuses by default: encoded bodies, other content types, deletions, tags, what it can't parse. Lines of a shallow clone,
 * which come before the commands, name no branch. Whether a push is forced is not visible in it.
 */
export function buildRoutePush(upstream: InterceptUpstream, prefix: string): JsonObject {
  const rules = upstream.rules.filter((rule) => rule.methods === 'any' || rule.methods.includes('POST')).map(luaRule);
  const text = SOURCE.replace('@RULES@', () => rules.join(',\n')).replace('@PREFIX@', () => String(prefix.length));
  return typed('filters.http.lua.v3.LuaPerRoute', { source_code: { inline_string: `${text}\n` } });
}

function luaRule(rule: Rule): string {
  const segments = rule.path.segments.map(segmentPattern).join('/');
  const path = `^/${segments}${rule.path.rest ? (segments === '' ? '.*' : '/.*') : ''}$`;
  const refs = rule.branches?.map((branch) => luaString(branchPattern(branch)));
  return `  { path = ${luaString(path)}, refs = ${refs === undefined ? 'nil' : `{ ${refs.join(', ')} }`} }`;
}

/** Lua has no optional group: a segment that may end in `.git` also takes a bare one, and RBAC has judged it already. */
function segmentPattern(segment: PathSegment): string {
  const text = 'literal' in segment ? escapeLua(segment.literal) : '[^/]+';
  return segment.optionalSuffix === undefined ? text : `${text}SUFFIX${escapeLua(segment.optionalSuffix)}END`;
}

function branchPattern(branch: string): string {
  const rest = branch.endsWith('/**');
  const text = (rest ? branch.slice(0, -3) : branch).split('*').map(escapeLua).join('[^/]*');
  return `^refs/heads/${text}${rest ? '/.+' : ''}$`;
}

function escapeLua(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '%$&');
}

const SOURCE = `${REFUSE}
local ZERO = string.rep("0", 40)
local RULES = {
@RULES@
}
local function fits(path, pattern)
  local with = pattern:gsub("SUFFIX(.-)END", "%1")
  local without = pattern:gsub("SUFFIX.-END", "")
  return path:find(with) ~= nil or path:find(without) ~= nil
end
local function branches(path)
  local refs = nil
  for _, rule in ipairs(RULES) do
    if fits(path, rule.path) then
      if not rule.refs then return nil end
      refs = refs or {}
      for _, ref in ipairs(rule.refs) do refs[#refs + 1] = ref end
    end
  end
  return refs or {}
end
local function within(ref, refs)
  if ref:find("..", 1, true) or ref:find("[%c \\127]") then return false end
  for _, pattern in ipairs(refs) do
    if ref:find(pattern) then return true end
  end
  return false
end
function envoy_on_request(h)
  local headers = h:headers()
  if headers:get(":method") ~= "POST" then return end
  local path = (headers:get(":path") or ""):gsub("%?.*$", ""):sub(@PREFIX@ + 1)
  local refs = branches(path)
  if not refs then return end
  if headers:get("content-encoding") or headers:get("content-type") ~= "application/x-git-receive-pack-request" then
    return refuse(h, "403", "push-not-readable")
  end
  local body = h:body()
  local n, pos, count = body and body:length() or 0, 0, 0
  while true do
    if pos + 4 > n then return refuse(h, "403", "push-not-readable") end
    local size = body:getBytes(pos, 4)
    if not size:find("^%x%x%x%x$") then return refuse(h, "403", "push-not-readable") end
    local len = tonumber(size, 16)
    if len == 0 then return end
    if len < 5 or pos + len > n or count >= 64 then return refuse(h, "403", "push-not-readable") end
    local line = body:getBytes(pos + 4, len - 4)
    local grafted = line:match("^shallow (%x+)\\n?$")
    if not grafted or #grafted ~= 40 then
      local old, new, ref = line:match("^(%x+) (%x+) ([^%z\\n]+)")
      if not ref or #old ~= 40 or #new ~= 40 then return refuse(h, "403", "push-not-readable") end
      if not within(ref, refs) then return refuse(h, "403", "branch-not-allowed") end
      if new == ZERO then return refuse(h, "403", "branch-deletion") end
    end
    count = count + 1
    pos = pos + len
  end
end`;
