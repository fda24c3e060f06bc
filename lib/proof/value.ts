import type { Fact } from './report';

/** Before the id of a parameter where a reference stands in a text. */
export const PARAMETER = '\uFDD4';

/** Something the templates name but don't hold: a resource's attribute, a parameter, a pseudo parameter. */
export class Reference {
  constructor(
    readonly kind: 'resource' | 'parameter' | 'pseudo',
    /** Logical id with its template, as in reports. */
    readonly id: string,
    /** `Ref`, or the attribute of `Fn::GetAtt`. */
    readonly attribute: string,
  ) {}
}

/** A text with parts that are only known by reference. */
export class Text {
  constructor(readonly parts: readonly (string | Reference)[]) {}
}

/** Not known, and why: the facts that are missing. It never makes a verdict closed. */
export class Unknown {
  constructor(readonly facts: readonly Fact[]) {}

  static of(id: string, says: string): Unknown {
    return new Unknown([{ id, says }]);
  }
}

/** A value of a template after its intrinsic functions, as far as they can be evaluated. */
export type Value =
  string | number | boolean | null | Reference | Text | Unknown | readonly Value[] | { readonly [key: string]: Value };
export type ValueObject = Readonly<Record<string, Value>>;

/** Yes, no, or the facts that decide it. */
export type Truth = boolean | Unknown;

/** Three-valued and: `false` wins over what isn't known. */
export function and(...truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return merged(truths) ?? true;
}

/** Three-valued or: `true` wins over what isn't known. */
export function or(...truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return merged(truths) ?? false;
}

export function not(truth: Truth): Truth {
  return truth instanceof Unknown ? truth : !truth;
}

function merged(truths: readonly Truth[]): Unknown | undefined {
  const facts = truths.flatMap((truth) => (truth instanceof Unknown ? truth.facts : []));
  if (facts.length === 0) return undefined;
  return new Unknown([...new Map(facts.map((fact) => [fact.id, fact])).values()]);
}

export function isObject(value: Value | undefined): value is ValueObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Reference || value instanceof Text || value instanceof Unknown)
  );
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** One text for each value, the same for the same: references stand between non-characters, which no name holds and JSON carries. */
export function keyOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Reference) return symbol(value);
  if (value instanceof Text)
    return value.parts.map((part) => (typeof part === 'string' ? part : symbol(part))).join('');
  return undefined;
}

/** The same for people: `${Vpc.CidrBlock}`. */
export function shown(value: Value | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (value instanceof Unknown) return 'something not known';
  if (value instanceof Reference) return shownReference(value);
  if (value instanceof Text)
    return value.parts.map((part) => (typeof part === 'string' ? part : shownReference(part))).join('');
  if (typeof value === 'object') return isList(value) ? `[${value.map(shown).join(', ')}]` : 'an object';
  return String(value);
}

/** The facts without which a value can't be read as what is wanted; undefined when it holds no unknown. */
export function unknownIn(value: Value | undefined): Unknown | undefined {
  if (value instanceof Unknown) return value;
  if (value instanceof Reference) return value.kind === 'parameter' ? parameterUnknown(value) : undefined;
  if (value instanceof Text)
    return merged(value.parts.flatMap((part) => (typeof part === 'string' ? [] : (unknownIn(part) ?? []))));
  return undefined;
}

/** Everything that isn't known in a value, at whatever depth; undefined where all of it is. */
export function unknownWithin(value: Value | undefined): Unknown | undefined {
  if (isList(value)) return merged(value.flatMap((one) => unknownWithin(one) ?? []));
  if (isObject(value)) return merged(Object.values(value).flatMap((one) => unknownWithin(one) ?? []));
  return unknownIn(value);
}

/** A parameter is chosen at deployment: its default is no more than a proposal. */
export function parameterUnknown({ id }: Reference): Unknown {
  return Unknown.of(`${id}=`, `the parameter ${id} has a value that keeps this closed (state it: ${id}=VALUE)`);
}

function symbol({ id, attribute, kind }: Reference): string {
  return `\uFDD0${kind === 'parameter' ? PARAMETER : ''}${id}\uFDD1${attribute}\uFDD2`;
}

function shownReference({ id, attribute }: Reference): string {
  return attribute === 'Ref' ? `\${${id}}` : `\${${id}.${attribute}}`;
}
