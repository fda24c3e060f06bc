import type { Evaluator } from './evaluate';
import { isJsonObject, type Json, own } from './template';
import { and, keyOf, not, or, parameterUnknown, Reference, Text, type Truth, Unknown, type Value } from './value';

/** Whether a condition function holds: yes, no, or what isn't known. */
export function evaluateCondition(node: Json, evaluator: Evaluator, depth: number): Truth {
  const malformed = Unknown.of('malformed(Condition)', 'a condition is written as CloudFormation expects it');
  if (!isJsonObject(node) || depth > 60) return malformed;
  const [name] = Object.keys(node);
  const argument = name === undefined ? undefined : own(node, name);
  if (name === 'Condition') return typeof argument === 'string' ? evaluator.condition(argument, depth + 1) : malformed;
  if (!Array.isArray(argument)) return malformed;
  const parts = argument as readonly Json[];
  const inner = () => parts.map((part) => evaluateCondition(part, evaluator, depth + 1));
  switch (name) {
    case 'Fn::And':
      return and(...inner());
    case 'Fn::Or':
      return or(...inner());
    case 'Fn::Not':
      return not(inner()[0] ?? malformed);
    case 'Fn::Equals':
      return equal(evaluator.evaluate(parts[0], depth + 1), evaluator.evaluate(parts[1], depth + 1));
    default:
      return malformed;
  }
}

/** Whether two values are the same at deployment. Two references are only known to be equal, never to differ. */
export function equal(one: Value | undefined, other: Value | undefined): Truth {
  const keys = [keyOf(one), keyOf(other)];
  if (keys[0] !== undefined && keys[0] === keys[1]) return true;
  const open = [one, other].flatMap((value) => openParts(value));
  if (open.length > 0) return new Unknown(open.flatMap(({ facts }) => facts));
  // Lists and objects may be equal too.
  return keys.includes(undefined)
    ? Unknown.of('malformed(Fn::Equals)', 'what Fn::Equals compares is no list, no object and not nothing')
    : false;
}

function openParts(value: Value | undefined): Unknown[] {
  if (value instanceof Unknown) return [value];
  if (value instanceof Reference) return [referenceUnknown(value)];
  if (value instanceof Text)
    return value.parts.flatMap((part) => (part instanceof Reference ? [referenceUnknown(part)] : []));
  return [];
}

function referenceUnknown(reference: Reference): Unknown {
  if (reference.kind === 'parameter') return parameterUnknown(reference);
  return Unknown.of(`value(${reference.id})`, `the value of ${reference.id} is known before deployment`);
}
