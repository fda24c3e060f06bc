import { type ClaimId, prove, type Report, type Verdict } from '../../lib/proof';
import type { Resources } from './templates';

/*
 * The law of the whole proof: who forgets a fact can't know more. What isn't closed while a value is stated isn't closed when
 * the same value is a parameter's, a condition's or another template's.
 */

/** A place inside a template's resources. */
export type Place = readonly (string | number)[];

/** Every place of the resources' properties, each resource's existence included. */
export function placesOf(resources: Resources): Place[] {
  return Object.entries(resources).flatMap(([id, { Properties }]) => [
    [id],
    ...[...inside(Properties ?? {}, [id, 'Properties'])],
  ]);
}

function* inside(node: unknown, path: Place): Generator<Place> {
  if (typeof node !== 'object' || node === null || isFunction(node)) return;
  for (const [key, inner] of Object.entries(node)) {
    const here = [...path, Array.isArray(node) ? Number(key) : key];
    yield here;
    yield* inside(inner, here);
  }
}

function isFunction(node: object): boolean {
  const [only, more] = Object.keys(node);
  return more === undefined && only !== undefined && /^(?:Ref|Fn::.*)$/.test(only);
}

/** Ways in which a template leaves a value open that may be the one that stood there. */
export const FORGETTINGS: Readonly<Record<string, (value: unknown) => unknown>> = {
  'a parameter': () => ({ Ref: 'Unknown' }),
  'a part of a parameter': () => ({ 'Fn::Select': [0, { Ref: 'UnknownList' }] }),
  'a text around a parameter': () => ({ 'Fn::Sub': '${Unknown}${UnknownList}' }),
  'a condition': (value) => ({ 'Fn::If': ['Unknown', value, { Ref: 'AWS::NoValue' }] }),
  'a choice': (value) => ({ 'Fn::If': ['Unknown', { Ref: 'AWS::NoValue' }, value] }),
  'an import': () => ({ 'Fn::ImportValue': 'elsewhere' }),
  'a custom resource': () => ({ 'Fn::GetAtt': ['Opaque', 'Value'] }),
  'a dynamic reference': () => '{{resolve:ssm:/elsewhere}}',
};

/** The same resources with the value at a place, or a resource's existence, left open. */
export function forgotten(resources: Resources, place: Place, forget: (value: unknown) => unknown): Resources {
  const [id, ...rest] = place;
  if (rest.length === 0) {
    const found = resources[String(id)];
    return found ? { ...resources, [String(id)]: { ...found, Condition: 'Unknown' } } : resources;
  }
  return replaced(resources, place, forget) as Resources;
}

/** A copy with another value at a place. */
export function replaced(node: unknown, [first, ...rest]: Place, change: (value: unknown) => unknown): unknown {
  if (first === undefined) return change(node);
  if (Array.isArray(node)) return node.map((one, index) => (index === first ? replaced(one, rest, change) : one));
  const object = node as Record<string, unknown>;
  return { ...object, [first]: replaced(object[first], rest, change) };
}

export function judgedOpen(resources: Resources): Report {
  const document = {
    Parameters: { Unknown: { Type: 'String' }, UnknownList: { Type: 'CommaDelimitedList' } },
    Conditions: { Unknown: { 'Fn::Equals': [{ Ref: 'Unknown' }, 'x'] } },
    Resources: { Opaque: { Type: 'Custom::Opaque' }, ...resources },
  };
  return prove([{ name: 'test', document }]);
}

/** The worst verdict of each claim of each workload. */
export function worstByClaim({ findings }: Report): ReadonlyMap<string, Verdict> {
  const found = new Map<string, Verdict>();
  for (const { workload, claim, verdict } of findings) {
    const key = `${workload} ${claim}`;
    const before = found.get(key);
    if (before === undefined || before === 'closed' || verdict === 'open') found.set(key, verdict);
  }
  return found;
}

/** Claims that aren't closed while a fact is known and are closed once it is forgotten. */
export function closedByForgetting(known: ReadonlyMap<string, Verdict>, forgot: Report): ClaimId[] {
  const after = worstByClaim(forgot);
  return [...known].flatMap(([key, verdict]) => {
    const now = after.get(key) ?? 'closed';
    // The key is `workload claim`, so its second half is a claim.
    return verdict !== 'closed' && now === 'closed' ? [key.split(' ')[1] as ClaimId] : [];
  });
}
