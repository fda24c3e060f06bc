import type { JsonObject } from './json';
import { buildLua, luaString } from './lua';

/**
 * Masks the injected secret wherever the host echoes it: header value as rendered, the bare token in it, and the
 * password inside `Basic`. Holds back only a chunk's tail that could be the start of a secret, so streams aren't delayed.
 * Blind to encoded forms (base64, JSON escapes, compressed). The forms of a value are made once and kept, 64 at most.
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
local KNOWN, COUNT = {}, 0
local function forms(value)
  if KNOWN[value] then return KNOWN[value] end
  if COUNT == 64 then KNOWN, COUNT = {}, 0 end
  local made = {}
  local function add(s)
    if s and #s >= 8 then
      made[#made + 1] = { s = s, pattern = s:gsub("%W", "%%%0"), first = s:byte(1), mask = string.rep("*", #s) }
    end
  end
  local bare = value:match("^%a+ (.+)$") or value
  add(bare)
  if value:sub(1, 6) == "Basic " then add(unb64(bare):match("^[^:]*:(.+)$")) end
  KNOWN[value], COUNT = made, COUNT + 1
  return made
end
function envoy_on_request(h)
  local md = h:streamInfo():dynamicMetadata()
  for i, name in ipairs(NAMES) do
    local value = h:headers():get(name)
    if value then md:set("anchorhold.scrub", tostring(i), value) end
  end
end
function envoy_on_response(h)
  local md = h:streamInfo():dynamicMetadata():get("anchorhold.scrub")
  if not md or h:headers():get(":status") == "101" then return end
  local secrets, longest = {}, 0
  for _, value in pairs(md) do
    for _, x in ipairs(forms(value)) do
      secrets[#secrets + 1] = x
      if #x.s > longest then longest = #x.s end
    end
  end
  if #secrets == 0 then return end
  local function mask(text)
    for _, x in ipairs(secrets) do
      if text:find(x.s, 1, true) then text = text:gsub(x.pattern, x.mask) end
    end
    return text
  end
  local function tail(text)
    for i = math.max(1, #text - longest + 2), #text do
      local byte, size = text:byte(i), #text - i + 1
      for _, x in ipairs(secrets) do
        if byte == x.first and size < #x.s and text:sub(i) == x.s:sub(1, size) then return size end
      end
    end
    return 0
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
      local got = n > 0 and chunk:getBytes(0, n) or ""
      local b = mask(carry .. got)
      carry = ""
      local hold = n > 0 and tail(b) or 0
      if hold > 0 then carry, b = b:sub(-hold), b:sub(1, #b - hold) end
      if b ~= got then chunk:setBytes(b) end
    end
  end
end`;
