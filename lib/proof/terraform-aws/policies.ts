import { jsonOf } from '../json-text';
import type { Resource } from '../templates';
import { isList, isObject, Reference, Text, Unknown, type Value } from '../value';
import { POLICY_DATA } from '../terraform-data';
import { documentOf } from './policy-data';
import type { Names } from './names';
import type { Source } from './source';

/** A policy that a setting holds as JSON, or by a data source that writes it out. Undefined where none is written. */
export function policyOf(source: Source, name: string): Value | undefined {
  const written = source.value(name);
  if (written === undefined || written === '') return undefined;
  return policyIn(written, source.names, source.at([name]));
}

/** The JSON of a text, its references and literal ids in the model’s words. */
export function policyIn(written: Value, names: Names, at: string): Value {
  const data = written instanceof Reference ? dataOf(written, names) : undefined;
  if (data) return linked(documentOf(data, names), names);
  return linked(jsonIn(written, names, at) ?? null, names);
}

/** JSON in a text, not yet linked to what its literal ids name. */
export function jsonIn(written: Value, names: Names, at: string): Value | undefined {
  const unreadable = Unknown.of(`json(${at})`, `what ${at} holds, which can’t be read, keeps this closed`);
  return jsonOf(names.refer(written, at), unreadable);
}

function dataOf({ id, attribute }: Reference, { terraform }: Names): Resource | undefined {
  if (!/^(?:json|minified_json)$/.test(attribute)) return undefined;
  return terraform.policies.find((one) => one.id === id && one.type === POLICY_DATA);
}

/** Texts that name something of the documents by what the cloud calls it, as references. */
export function linked(value: Value, names: Names): Value {
  if (typeof value === 'string') return linkedText(value, names);
  if (isList(value)) return value.map((one) => linked(one, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, linked(one, names)]));
}

function linkedText(text: string, names: Names): Value {
  const whole = names.refer(text, text);
  if (whole instanceof Reference || !text.startsWith('arn:')) return whole ?? text;
  // A name, and what comes below it: a bucket’s objects, a group’s streams.
  for (let at = text.length - 1; at > 4; at--) {
    if (!/[/:*]/.test(text[at] ?? '')) continue;
    const found = names.refer(text.slice(0, at), text);
    if (found instanceof Reference) return new Text([found, text.slice(at)]);
  }
  return /[*?]/.test(text) ? text : byName(text, names);
}

/** An ARN that is put together by hand, with the name of something that the documents make. */
function byName(text: string, names: Names): Value {
  const rest = text.split(':').slice(5).join(':');
  const parts = [rest.slice(rest.search(/[/:]/) + 1), rest.slice(rest.lastIndexOf('/') + 1), rest.split(':')[1] ?? ''];
  const family = parts.map((part) => part.replace(/:\d+$/, ''));
  const found = new Set([...parts, ...family].flatMap((part) => (part === '' ? [] : names.withName(part))));
  const [only, second] = found;
  if (!only) return text;
  if (!second) return new Reference('resource', only.id, 'Arn');
  return Unknown.of(`name(${text})`, `whichever of the resources of its name ${text} is, it keeps this closed`);
}
