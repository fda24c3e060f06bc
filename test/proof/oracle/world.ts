export type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Metadata?: object;
  readonly Type: string;
  readonly Properties: Properties;
  readonly Condition?: string;
}

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly AllowedValues?: readonly string[] }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** What an account holds after deploying with certain values of the parameters: each reference is the logical id, or a value. */
export type World = Readonly<Record<string, { readonly type: string; readonly properties: Properties }>>;

type Values = Readonly<Record<string, string>>;

/** A parameter without allowed values is tried with these, by its type. */
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::SecurityGroup::Id': ['sg-lets-everything', 'sg-lets-nothing'],
  String: ['0.0.0.0/0', '203.0.113.0/24', '10.0.0.0/16', '255.255.255.255/32'],
};

/** One world for each combination of values that the parameters may take. */
export function worlds(template: Template): readonly World[] {
  let combinations: readonly Values[] = [{}];
  for (const [name, { Type, AllowedValues }] of Object.entries(template.Parameters ?? {})) {
    const candidates = AllowedValues ?? BY_TYPE[Type] ?? [];
    combinations = combinations.flatMap((one) => candidates.map((value) => ({ ...one, [name]: value })));
  }
  return combinations.map((values) => deploy(template, values));
}

function deploy(template: Template, values: Values): World {
  const present = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(template.Conditions?.[Condition], template, values),
  );
  return Object.fromEntries(
    present.map(([id, { Type, Properties }]) => [
      id,
      { type: Type, properties: fields(resolve(Properties, template, values)) },
    ]),
  );
}

function holds(condition: unknown, template: Template, values: Values): boolean {
  const [pair] = Object.values(fields(condition));
  const [left, right] = list(pair).map((side) => resolve(side, template, values));
  return left === right;
}

/** The value behind a `Ref`, `Fn::GetAtt` or `Fn::If`; `undefined` for `AWS::NoValue`. */
function resolve(node: unknown, template: Template, values: Values): unknown {
  if (Array.isArray(node)) return node.map((one) => resolve(one, template, values)).filter((one) => one !== undefined);
  if (typeof node !== 'object' || node === null) return node;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::If': choice } = fields(node);
  if (typeof ref === 'string') return ref === 'AWS::NoValue' ? undefined : (values[ref] ?? ref);
  if (attribute !== undefined) {
    const [id, name] = list(attribute).map(String);
    if (name === 'CidrBlock') return template.Resources[String(id)]?.Properties.CidrBlock;
    return name === 'DefaultSecurityGroup' ? `${id}.${name}` : id;
  }
  if (choice !== undefined) {
    const [name, yes, no] = list(choice);
    return resolve(holds(template.Conditions?.[String(name)], template, values) ? yes : no, template, values);
  }
  return Object.fromEntries(
    Object.entries(node)
      .map(([key, inner]) => [key, resolve(inner, template, values)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

/** Anything as an object's fields; none of what isn't an object. */
export function fields(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Anything as a list; none of what isn't one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The resources of a type, with their ids. */
export function ofType(
  world: World,
  type: string,
): readonly { readonly id: string; readonly properties: Properties }[] {
  return once(world, `type ${type}`, () =>
    Object.entries(world)
      .filter(([, one]) => one.type === `AWS::${type}`)
      .map(([id, { properties }]) => ({ id, properties })),
  );
}

const REMEMBERED = new WeakMap<World, Map<string, unknown>>();

/** Works something out of a world once; the key names what, and always gives the same type. */
export function once<T>(world: World, key: string, make: () => T): T {
  const known = REMEMBERED.get(world) ?? new Map<string, unknown>();
  REMEMBERED.set(world, known);
  if (!known.has(key)) known.set(key, make());
  // The same key was stored by the same caller.
  return known.get(key) as T;
}
