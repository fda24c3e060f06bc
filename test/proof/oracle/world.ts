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

export const ACCOUNT = '111122223333';
/** An account, an organisation and a role of the attacker's own; what isn't ours and is named in full is a partner's. */
export const ATTACKER = { account: '999999999999', organisation: 'o-attackers' };

/** What a parameter or an import may turn out to be, by its name: the best for us and the worst. */
const CANDIDATES: Readonly<Record<string, readonly string[]>> = {
  Range: ['0.0.0.0/0', '203.0.113.0/24', '10.0.0.0/16', '255.255.255.255/32'],
  Group: ['sg-lets-everything', 'sg-lets-nothing'],
  Network: ['Vpc', 'vpc-another'],
  Place: ['50', '150', '250'],
  Domains: ['api.partner.example', '*.attacker.example', '*'],
  DomainList: ['list-of-everything', 'list-of-nothing'],
  Trusted: [ACCOUNT, ATTACKER.account],
  Service: ['com.amazonaws.vpce.us-east-1.Door', 'com.amazonaws.vpce.us-east-1.vpce-svc-0abc'],
  Log: ['proxy', 'another'],
  RoleArn: ['', `arn:aws:iam::${ACCOUNT}:role/given`],
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

const DEPLOYED = new WeakMap<Template, readonly World[]>();

/** One world for each combination of values that the parameters and imports may take. */
export function worlds(template: Template): readonly World[] {
  const known = DEPLOYED.get(template) ?? combined(template);
  DEPLOYED.set(template, known);
  return known;
}

function combined(template: Template): readonly World[] {
  const imports = [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"(\w+)"/g)].map(([, name]) => String(name));
  const unknown = [...Object.entries(template.Parameters ?? {}), ...imports.map((name) => [name, {}] as const)];
  let combinations: readonly Values[] = [{}];
  for (const [name, { AllowedValues }] of unknown as readonly (readonly [string, { AllowedValues?: string[] }])[]) {
    const candidates = AllowedValues ?? CANDIDATES[name];
    if (!candidates) throw new Error(`nothing is known of what ${name} may be`);
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

/** The value behind an intrinsic; `undefined` for `AWS::NoValue`. */
function resolve(node: unknown, template: Template, values: Values): unknown {
  if (Array.isArray(node)) return node.map((one) => resolve(one, template, values)).filter((one) => one !== undefined);
  if (typeof node !== 'object' || node === null) return node;
  const [[name, inner] = ['', undefined], ...more] = Object.entries(node);
  if (more.length === 0 && /^(Ref$|Fn::)/.test(name)) return intrinsic(name, inner, template, values);
  return Object.fromEntries(
    Object.entries(node)
      .map(([key, one]) => [key, resolve(one, template, values)] as const)
      .filter(([, one]) => one !== undefined),
  );
}

function intrinsic(name: string, inner: unknown, template: Template, values: Values): unknown {
  switch (name) {
    case 'Ref':
      return inner === 'AWS::NoValue' ? undefined : reference(String(inner), template, values);
    case 'Fn::ImportValue':
      return values[String(inner)];
    case 'Fn::GetAtt':
      return attribute(list(inner).map(String), template);
    case 'Fn::If': {
      const [condition, yes, no] = list(inner);
      return resolve(holds(template.Conditions?.[String(condition)], template, values) ? yes : no, template, values);
    }
    case 'Fn::Join':
      return list(resolve(list(inner)[1], template, values)).join(String(list(inner)[0]));
    default:
      throw new Error(`the oracle doesn't know ${name}`);
  }
}

function reference(id: string, template: Template, values: Values): unknown {
  const parameter = template.Parameters?.[id];
  if (parameter?.Type === 'CommaDelimitedList') return String(values[id]).split(',');
  const secret = template.Resources[id]?.Type === 'AWS::SecretsManager::Secret';
  return values[id] ?? PSEUDO[id] ?? (secret ? `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${id}-Ab12Cd` : id);
}

function attribute([id = '', name]: readonly string[], template: Template): unknown {
  const resource = template.Resources[id];
  if (name === 'CidrBlock') return resource?.Properties.CidrBlock;
  if (name === 'DefaultSecurityGroup') return `${id}.${name}`;
  if (name === 'Arn' && resource?.Type === 'AWS::IAM::Role') return `arn:aws:iam::${ACCOUNT}:role/${id}`;
  return id;
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
