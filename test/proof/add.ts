import { type Place, replaced } from './forget';
import { sealedCell } from './sealed-cell';
import { holed, HOLES } from './holes';
import type { Resources } from './templates';

/*
 * The second law of the proof: who adds a fact can't close anything, unless closing is what the fact is for. What a template
 * may hold besides is taken from every other template of the tests.
 */

type Resource = Resources[string];

/** A resource of some template of the tests, with the types of what it refers to. */
export interface Spare {
  readonly resource: Resource;
  readonly types: Readonly<Record<string, string>>;
}

/** Types that are there to close: a refusal, an association that replaces what is so without it, an emptied group. */
const CLOSING: ReadonlySet<string> = new Set([
  // Its rules are judged in order, and may block.
  'AWS::Route53Resolver::FirewallRuleGroupAssociation',
  // It may refuse readers.
  'AWS::SecretsManager::ResourcePolicy',
  // Without one everything passes.
  'AWS::EC2::SubnetNetworkAclAssociation',
  // Without one it is the main table, of which less is known; AWS refuses a second.
  'AWS::EC2::SubnetRouteTableAssociation',
  // It says what stands behind a balancer of which nothing was known.
  'AWS::ElasticLoadBalancingV2::Listener',
  // It takes the rules from a network's default group.
  'Custom::VpcRestrictDefaultSG',
]);

/** Entries of lists that are there to close, by the list's name. */
const CLOSES: Readonly<Record<string, (entry: Fields) => boolean>> = {
  Statement: ({ Effect }) => Effect === 'Deny',
  FirewallRules: ({ Action }) => Action === 'BLOCK',
};
type Fields = Readonly<Record<string, unknown>>;

/** Lists of which an entry more is no fact more: which of them counts, its place says, or another entry's absence. */
const OF_ONE_FACT: ReadonlySet<string> = new Set(['Fn::If', 'Fn::Join', 'Fn::GetAtt', 'Fn::Select', 'Fn::Sub']);

function templates(): Resources[] {
  return [sealedCell(), ...HOLES.map(holed)];
}

/** Each resource that any of the templates holds, once. */
export function spares(): Spare[] {
  const found = new Map<string, Spare>();
  for (const resources of templates()) {
    const types = Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]));
    for (const resource of Object.values(resources)) found.set(JSON.stringify(resource), { resource, types });
  }
  return [...found.values()].filter(({ resource }) => !isClosing(resource));
}

/** Who says what a task is says which is the window, and which are judged. */
function isClosing({ Type, Metadata }: Resource): boolean {
  return CLOSING.has(Type) || Metadata !== undefined;
}

/** Each entry that any list of the templates holds, by the list's name. */
export function spareEntries(): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, Map<string, unknown>>();
  for (const resources of templates())
    for (const [name, list] of Object.values(resources).flatMap(({ Properties }) => [...lists(Properties)])) {
      const known = found.get(name) ?? new Map<string, unknown>();
      for (const entry of list) if (!closes(name, entry)) known.set(JSON.stringify(entry), entry);
      found.set(name, known);
    }
  return new Map([...found].map(([name, entries]) => [name, [...entries.values()]]));
}

function closes(name: string, entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && (CLOSES[name]?.(entry as Fields) ?? false);
}

/** Every list of a value that holds something, by name. */
export function* lists(node: unknown, name = ''): Generator<[string, readonly unknown[]]> {
  if (typeof node !== 'object' || node === null || OF_ONE_FACT.has(name)) return;
  if (Array.isArray(node) && node.length > 0) yield [name, node as readonly unknown[]];
  for (const [key, inner] of Object.entries(node)) yield* lists(inner, Array.isArray(node) ? name : key);
}

/** A spare resource for a template: what it refers to is something of the same type there. */
export function fitted({ resource, types }: Spare, into: Resources, pick: (most: number) => number): Resource {
  const of = (id: string) => {
    const type = types[id] ?? into[id]?.Type;
    const same = Object.keys(into).filter((one) => into[one]?.Type === type);
    return same[pick(same.length)] ?? id;
  };
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, inner]) => {
        if (key === 'Ref' && typeof inner === 'string' && !inner.startsWith('AWS::')) return [key, of(inner)];
        if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [key, [of(String(inner[0])), inner[1] as unknown]];
        return [key, visit(inner)];
      }),
    );
  };
  // A copy of a resource with other references is a resource.
  return visit(resource) as Resource;
}

/** The same resources with an entry more in the list at a place. */
export function appended(resources: Resources, place: Place, entry: unknown): Resources {
  return replaced(resources, place, (list) => [...(list as readonly unknown[]), entry]) as Resources;
}

/** Where the lists of some resources are that hold something. */
export function listPlaces(resources: Resources): (readonly [string, Place])[] {
  const found: (readonly [string, Place])[] = [];
  const visit = (node: unknown, name: string, place: Place): void => {
    if (typeof node !== 'object' || node === null || OF_ONE_FACT.has(name)) return;
    if (Array.isArray(node) && node.length > 0) found.push([name, place]);
    for (const [key, inner] of Object.entries(node))
      visit(inner, Array.isArray(node) ? name : key, [...place, Array.isArray(node) ? Number(key) : key]);
  };
  for (const [id, { Properties }] of Object.entries(resources)) visit(Properties, '', [id, 'Properties']);
  return found;
}
