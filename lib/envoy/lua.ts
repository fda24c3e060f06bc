import { extension, type JsonObject } from './json';

/** A Lua filter. Its text is trusted code: nothing of a policy enters it but through `luaString`. */
export function buildLua(name: string, source: string): JsonObject {
  return extension(name, 'filters.http.lua.v3.Lua', { default_source_code: { inline_string: `${source}\n` } });
}

/** A Lua string literal: every byte that could end or escape it is written as a number. */
export function luaString(text: string): string {
  return `"${text.replace(/[^A-Za-z0-9 _./:@*~-]/g, (character) => luaBytes(character))}"`;
}

function luaBytes(character: string): string {
  return Array.from(new TextEncoder().encode(character), (byte) => `\\${String(byte).padStart(3, '0')}`).join('');
}

/** `refuse(handle, status, reason)`: answers in the shape of every other refusal and leaves the reason for the log. */
export const REFUSE = `local function refuse(h, status, reason)
  h:streamInfo():dynamicMetadata():set("anchorhold.refusal", "reason", reason)
  h:respond({[":status"] = status, ["content-type"] = "application/json"}, '{"error":"anchorhold","reason":"' .. reason .. '","status":' .. status .. '}')
end`;
