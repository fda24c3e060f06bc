import type { z } from 'zod';
import { childPath } from './plain-data';
import { nearest, show, type Findings } from './problem';

/** The value as the schema's type, or undefined with every structural problem recorded. */
export function readAs<T>(
  schema: z.ZodType<T>,
  value: unknown,
  where: string,
  findings: Findings,
  keys: readonly string[],
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, value, where, findings, keys);
  return undefined;
}

function report(
  issue: z.core.$ZodIssue,
  root: unknown,
  where: string,
  findings: Findings,
  keys: readonly string[],
): void {
  const place = issue.path.reduce<string>(
    (path, key) => childPath(path, typeof key === 'number' ? key : String(key)),
    where,
  );
  const got = issue.path.reduce<unknown>((at, key) => property(at, key), root);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        const near = nearest(key, keys);
        const hint = near === undefined ? 'remove it' : `did you mean ${show(near)}?`;
        findings.add('unknown-key', place, 'only keys of the language', show(key), hint);
      }
      return;
    case 'too_small':
    case 'too_big':
      findings.add('out-of-range', place, issue.message.replace(/^.*expected /, ''), sizeOf(got));
      return;
    case 'invalid_value':
      findings.add(
        'wrong-type',
        place,
        `one of ${issue.values.map((v) => show(v)).join(', ')}`,
        show(got),
        suggestion(got, issue.values),
      );
      return;
    case 'invalid_type':
      if (got === undefined) findings.add('missing-field', place, typeName(issue.expected), 'nothing', 'write it out');
      else findings.add('wrong-type', place, typeName(issue.expected), describe(got), unquote(got, issue.expected));
      return;
    case 'invalid_union':
      findings.add('wrong-type', place, UNIONS[String(issue.path.at(-1))] ?? 'another type of value', describe(got));
      return;
    default:
      findings.add('wrong-type', place, 'another value', describe(got));
  }
}

const UNIONS: Readonly<Record<string, string>> = {
  rules: 'a list of rules, or "any"',
  addresses: '"public", or a list of CIDRs',
  requestBytes: 'a number of bytes, or text such as "32MiB"',
};

function property(at: unknown, key: PropertyKey): unknown {
  return typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
}

function typeName(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'a mapping';
  if (expected === 'array') return 'a list';
  if (expected === 'string') return 'text';
  if (expected === 'int') return 'a whole number';
  return expected === 'boolean' ? 'true or false' : `a ${expected}`;
}

function describe(got: unknown): string {
  return typeof got === 'string' ? `the text ${show(got)}` : show(got);
}

function sizeOf(got: unknown): string {
  return typeof got === 'string' ? `${got.length} characters` : show(got);
}

function suggestion(got: unknown, values: readonly unknown[]): string | undefined {
  const near =
    typeof got === 'string'
      ? nearest(
          got,
          values.filter((v) => typeof v === 'string'),
        )
      : undefined;
  return near === undefined ? undefined : `did you mean ${show(near)}?`;
}

function unquote(got: unknown, expected: string): string | undefined {
  return typeof got === 'string' && expected === 'number' && /^\d+$/.test(got)
    ? `write ${got} without quotes`
    : undefined;
}
