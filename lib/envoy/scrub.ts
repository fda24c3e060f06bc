import type { JsonObject } from './json';
import { buildLua, luaString } from './lua';

/**
 * Masks the injected secret wherever the host echoes it: header value as rendered, the bare token in it, and the
 * password inside `Basic`. Holds back only a chunk's tail that could be the start of a secret, so streams aren't delayed.
 * Blind to encoded forms (base64, JSON escapes, compressed).
 */
export function buildScrub(headers: readonly string[]): JsonObject {
  return buildLua(
    'scrub',
    SOURCE.replace('@HEADERS@', () => headers.map(luaString).join(', ')),
  );
}

const SOURCE = `local NAMES = { @HEADERS@ }
local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local CODE = {}
for i = 1, 64 do CODE[ALPHABET:byte(i)] = i - 1 end
local function unb64(s)
  local out, bits, n = {}, 0, 0
  for i = 1, #s do
    local c = CODE[s:byte(i)]
    if not c then break end
    bits = bits * 64 + c
    n = n + 6
    if n >= 8 then
      n = n - 8
      local b = math.floor(bits / 2 ^ n)
      bits = bits - b * 2 ^ n
      out[#out + 1] = string.char(b)
    end
  end
  return table.concat(out)
end
local function plain(s) return (s:gsub("%W", "%%%0")) end
function envoy_on_request(h)
  local md, n = h:streamInfo():dynamicMetadata(), 0
  local function add(s)
    if s and #s >= 8 then n = n + 1; md:set("anchorhold.scrub", tostring(n), s) end
  end
  for _, name in ipairs(NAMES) do
    local v = h:headers():get(name)
    if v then
      local bare = v:match("^%a+ (.+)$") or v
      add(bare)
      if v:sub(1, 6) == "Basic " then add(unb64(bare):match("^[^:]*:(.+)$")) end
    end
  end
end
function envoy_on_response(h)
  local md = h:streamInfo():dynamicMetadata():get("anchorhold.scrub")
  if not md or h:headers():get(":status") == "101" then return end
  local secrets, longest = {}, 0
  for _, s in pairs(md) do
    secrets[#secrets + 1] = { s = s, p = plain(s), mask = string.rep("*", #s) }
    if #s > longest then longest = #s end
  end
  if #secrets == 0 then return end
  local function mask(text)
    for _, x in ipairs(secrets) do
      if text:find(x.s, 1, true) then text = text:gsub(x.p, x.mask) end
    end
    return text
  end
  local fix = {}
  for k, v in pairs(h:headers()) do
    local m = mask(v)
    if m ~= v then fix[k] = m end
  end
  for k, v in pairs(fix) do h:headers():replace(k, v) end
  local carry = ""
  for chunk in h:bodyChunks() do
    local n = chunk:length()
    if n > 0 or carry ~= "" then
      local b = mask(carry .. (n > 0 and chunk:getBytes(0, n) or ""))
      carry = ""
      if n > 0 then
        local hold = 0
        for k = math.min(longest - 1, #b), 1, -1 do
          local tail = b:sub(-k)
          for _, x in ipairs(secrets) do
            if k < #x.s and tail == x.s:sub(1, k) then hold = k; break end
          end
          if hold > 0 then break end
        end
        if hold > 0 then carry = b:sub(-hold); b = b:sub(1, #b - hold) end
      end
      chunk:setBytes(b)
    end
  end
end`;
