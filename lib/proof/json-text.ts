import { isList, isObject, keyOf, PARAMETER, Reference, Text, Unknown, type Value } from './value';

/** The JSON in a text, with references where the template puts them; `unreadable` where it can't be read. */
export function jsonOf(written: Value | undefined, unreadable: Unknown): Value | undefined {
  if (isObject(written) || written === undefined || written instanceof Unknown) return written;
  const text = keyOf(written);
  if (text === undefined) return unreadable;
  try {
    // JSON.parse's result is untyped; JSON is a Value by its shape.
    return restored(JSON.parse(text) as Value);
  } catch {
    return unreadable;
  }
}

function restored(value: Value): Value {
  if (typeof value === 'string') return restoredText(value);
  if (isList(value)) return value.map(restored);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, restored(inner)]));
}

function restoredText(text: string): Value {
  const parts: (string | Reference)[] = [];
  let last = 0;
  for (const match of text.matchAll(/\uFDD0([^\uFDD1]*)\uFDD1([^\uFDD2]*)\uFDD2/g)) {
    if (match.index > last) parts.push(text.slice(last, match.index));
    const [, id = '', attribute = 'Ref'] = match;
    const isParameter = id.startsWith(PARAMETER);
    const kind = isParameter ? 'parameter' : id.startsWith('AWS::') ? 'pseudo' : 'resource';
    parts.push(new Reference(kind, isParameter ? id.slice(PARAMETER.length) : id, attribute));
    last = match.index + match[0].length;
  }
  if (parts.length === 0) return text;
  if (last < text.length) parts.push(text.slice(last));
  const [only] = parts;
  return parts.length === 1 && only instanceof Reference ? only : new Text(parts);
}
