import type { Document, Fields } from './world';

type Json = Record<string, unknown>;

/**
 * The same document as a plan shows it: blocks as lists, values where they are known, and what hangs on another resource or on
 * a variable as known after apply, with the names in it as references of the configuration.
 */
export function asPlan({ resource }: Document): object {
  const all = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]) => ({ type, name, address: `${type}.${name}`, ...split(body) })),
  );
  return {
    format_version: '1.2',
    planned_values: {
      root_module: {
        resources: all.map(({ address, type, name, known }) => ({
          address,
          mode: 'managed',
          type,
          name,
          values: known,
        })),
      },
    },
    resource_changes: all.map(({ address, type, name, known, open }) => ({
      ...{ address, mode: 'managed', type, name },
      change: { actions: ['create'], after: known, after_unknown: open },
    })),
    configuration: {
      root_module: {
        resources: all.map(({ address, type, name, expressions }) => ({
          address,
          mode: 'managed',
          type,
          name,
          expressions,
        })),
      },
    },
  };
}

interface Parts {
  readonly known: Json;
  readonly open: Json;
  readonly expressions: Json;
}

function split(body: Fields): Parts {
  const parts = Object.entries(body).map(([key, value]) => [key, part(value)] as const);
  const of = (pick: keyof Part) =>
    Object.fromEntries(parts.map(([key, one]) => [key, one[pick]] as const).filter(([, one]) => one !== undefined));
  return { known: of('known'), open: of('open'), expressions: of('expression') };
}

interface Part {
  readonly known?: unknown;
  readonly open?: unknown;
  readonly expression: unknown;
}

function part(value: unknown): Part {
  if (typeof value === 'string' && value.includes('${'))
    return { open: true, expression: { references: references(value) } };
  if (isObject(value) && !isMap(value)) return part([value]);
  if (isObject(value)) return { known: value, expression: { constant_value: value } };
  if (!Array.isArray(value)) return { known: value, expression: { constant_value: value } };
  if (value.some(isObject)) {
    const inner = value.map((one) => split(one as Json)); // blocks
    return {
      known: inner.map(({ known }) => known),
      open: inner.map(({ open }) => open),
      expression: inner.map(({ expressions }) => expressions),
    };
  }
  const parts = value.map(part);
  const names = parts.flatMap(({ open }, index) => (open === true ? references(String(value[index])) : []));
  if (names.length === 0) return { known: value, expression: { constant_value: value } };
  // Of a list with one part that isn't known the plan shows the others.
  return {
    known: parts.map(({ known }) => known ?? null),
    open: parts.map(({ open }) => open ?? false),
    expression: { references: names },
  };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Labels and metadata are maps: one value, no block. */
const isMap = (value: Json): boolean => Object.keys(value).some((key) => key.includes('-'));

/** What an expression names, from the most specific to the resource itself. */
function references(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:var\.\w+|google_\w+\.\w+(?:\.\w+)?)/g)].flatMap(([name]) => {
    const [type = '', its = '', attribute] = name.split('.');
    return attribute === undefined ? [name] : [name, `${type}.${its}`];
  });
}
