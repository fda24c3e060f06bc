import { isJsonObject, type Json, own } from './template';
import { isList, isObject, Reference, shown, Text, Unknown, type Value } from './value';

// Texts made of texts made of texts grow without end; none that CloudFormation takes is this long.
const MOST_PARTS = 10_000;
const MOST_CHARACTERS = 4_000_000;

/** Intrinsic functions that only combine values already evaluated. */
export const fold = {
  /**
   * @param evaluate for the map of names beside the text.
   * @param lookup for `${Id}` and `${Id.Attribute}`.
   */
  sub(argument: Json, evaluate: (node: Json) => Value, lookup: (id: string) => Value): Value {
    const [text, map] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument, undefined];
    if (typeof text !== 'string') return unreadable('Fn::Sub');
    const parts: Value[] = [];
    let last = 0;
    for (const match of text.matchAll(/\$\{(!?)([^}]*)\}/g)) {
      parts.push(text.slice(last, match.index));
      last = match.index + match[0].length;
      const name = (match[2] ?? '').trim();
      const mapped = map !== undefined && isJsonObject(map) ? own(map, name) : undefined;
      if (match[1] === '!') parts.push(`\${${name}}`);
      else parts.push(mapped === undefined ? lookup(name) : evaluate(mapped));
    }
    return concatenate([...parts, text.slice(last)]);
  },

  /** Any other function; one that isn't known stays unknown. */
  rest(name: string, argument: Value): Value {
    if (argument instanceof Unknown) return argument;
    switch (name) {
      case 'Fn::Join':
        return join(argument);
      case 'Fn::Select':
        return select(argument);
      case 'Fn::Split':
        return split(argument);
      case 'Fn::ToJsonString':
        return argument;
      default:
        return Unknown.of(`function(${name})`, `the result of ${name}, which is made at deployment, keeps this closed`);
    }
  },
};

/** Texts and references in one; anything else makes the whole unknown. */
export function concatenate(values: readonly Value[]): Value {
  const parts: (string | Reference)[] = [];
  for (const value of values) {
    if (value instanceof Unknown) return value;
    if (value instanceof Text) parts.push(...value.parts);
    else if (value instanceof Reference) parts.push(value);
    else if (typeof value === 'object' && value !== null) return unreadable('Fn::Join');
    else parts.push(String(value));
  }
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
  if (parts.length > MOST_PARTS || length > MOST_CHARACTERS)
    return Unknown.of('text()', 'a text is no longer than the proof follows');
  const joined: (string | Reference)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  const [only] = joined;
  if (joined.length === 0) return '';
  return resolved(joined.length === 1 && only !== undefined ? only : new Text(joined));
}

/** A text, or unknown when a part of it is fetched at deployment: also where the parts are put together first. */
export function resolved(text: string | Reference | Text): Value {
  const found = text instanceof Reference ? undefined : /\{\{resolve:(?:\$\{[^}]*\}|[^}])*\}\}/.exec(shown(text))?.[0];
  if (found === undefined) return text;
  return Unknown.of(`resolve(${found})`, `what ${found} is replaced with at deployment keeps this closed`);
}

function join(argument: Value): Value {
  const [separator, items] = isList(argument) ? argument : [];
  if (typeof separator !== 'string') return unreadable('Fn::Join');
  if (items instanceof Unknown) return items;
  // A list that is itself a reference (zones, a parameter's list) has a length nobody knows.
  if (!isList(items)) return unknownList('Fn::Join');
  return concatenate(items.flatMap((item, index) => (index === 0 ? [item] : [separator, item])));
}

function select(argument: Value): Value {
  const [index, items] = isList(argument) ? argument : [];
  if (items instanceof Unknown) return items;
  const position = Number(index);
  if (items instanceof Reference) return new Reference(items.kind, items.id, `${items.attribute}[${String(index)}]`);
  if (!isList(items) || !Number.isInteger(position)) return unreadable('Fn::Select');
  return items[position] ?? unreadable('Fn::Select');
}

function split(argument: Value): Value {
  const [separator, source] = isList(argument) ? argument : [];
  if (source instanceof Unknown) return source;
  if (typeof separator !== 'string' || separator === '') return unreadable('Fn::Split');
  if (typeof source === 'string') return source.split(separator);
  // The parts of a reference are still that reference's.
  if (source instanceof Reference) return new Reference(source.kind, source.id, `${source.attribute}/${separator}`);
  return unknownList('Fn::Split');
}

function unknownList(name: string): Unknown {
  return Unknown.of(`function(${name})`, `the list that ${name} takes is known before deployment`);
}

function unreadable(name: string): Unknown {
  return Unknown.of(`malformed(${name})`, `${name} is written as CloudFormation expects it`);
}

/** Whether a value still holds something unknown anywhere. */
export function holdsUnknown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (isList(value)) return value.some(holdsUnknown);
  return isObject(value) && Object.values(value).some(holdsUnknown);
}
