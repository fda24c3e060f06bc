import { fields, list, type Properties } from '../../oracle/world';

export type Fields = Readonly<Record<string, unknown>>;

/** Terraform's JSON configuration: variables without values, and resources by type and name. */
export interface Document {
  readonly variable?: Readonly<Record<string, object>>;
  readonly provider: object;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
}

export interface Resource {
  /** `type.name`, which is also what every reference to it, but for a few attributes, comes to. */
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

/** What a project holds after applying with certain values, and how what the document doesn't hold turns out. */
export interface World {
  readonly resources: readonly Resource[];
  readonly values: Readonly<Record<string, unknown>>;
}

export const PROJECT = 'acme';
export const email = (account: string): string => `${account}@${PROJECT}.iam.gserviceaccount.com`;
export const STRANGER = 'user:somebody@corp.example';

/** What a variable may turn out to be, by its name: the best for us and the worst. */
const CANDIDATES: Readonly<Record<string, readonly unknown[]>> = {
  Wanted: [true, false],
  Flag: ['true', 'false'],
  Egress: ['ALL_TRAFFIC', 'PRIVATE_RANGES_ONLY'],
  Range: ['0.0.0.0/0', '10.10.1.10/32', '255.255.255.255/32'],
  Network: ['google_compute_network.agents', 'projects/other/global/networks/elsewhere'],
  Tag: ['agent', 'nobody'],
  Port: ['443', '22'],
  Protocol: ['all', 'tcp'],
  Priority: [1, 65534],
  Action: ['allow', 'deny'],
  Direction: ['INGRESS', 'EGRESS'],
  Order: ['BEFORE_CLASSIC_FIREWALL', 'AFTER_CLASSIC_FIREWALL'],
  Mode: ['ALL_SUBNETWORKS_ALL_IP_RANGES', 'LIST_OF_SUBNETWORKS'],
  Name: ['*.', 'api.partner.example.', '*.attacker.example.'],
  Kind: ['A', 'AAAA', 'TXT'],
  Account: [email('agent'), email('proxy'), email('elsewhere')],
  Member: [`serviceAccount:${email('agent')}`, `serviceAccount:${email('proxy')}`, STRANGER, 'allUsers'],
  Role: ['roles/viewer', 'roles/owner', 'roles/secretmanager.secretAccessor', 'roles/logging.logWriter'],
  Secret: ['google_secret_manager_secret.key', 'another'],
  Ingress: ['INGRESS_TRAFFIC_ALL', 'INGRESS_TRAFFIC_INTERNAL_ONLY'],
  Template: ['google_compute_region_instance_template.proxy', 'google_compute_region_instance_template.third'],
  Scheme: ['INTERNAL', 'EXTERNAL_MANAGED'],
  Preference: ['ACCEPT_MANUAL', 'ACCEPT_AUTOMATIC'],
  Value: ['plain', 'sk-live-of-somebody'],
};

/** Facts that no document states, each with its outcomes; asked for by a word that stands in the document. */
const FATES: readonly (readonly [fate: string, word: string | RegExp])[] = [
  // A network, subnet, connector, account or service that another document holds: opens everything, or nothing.
  ['foreign', 'elsewhere'],
  // Whether a machine that a route names passes packets on.
  ['forwards', 'next_hop_i'],
  // Whether an organisation's policy of the documents is asked of this project.
  ['hierarchy', 'google_compute_firewall_policy_association'],
  // Whether a name that has an answer of one type is asked outside for the others.
  ['types', 'local_datas'],
  // Whether a folder or an organisation that is named is above this project.
  ['above', /folder_iam|organization_iam/],
  ['exclusion', 'google_logging_project_exclusion'],
  // Whether Cloud Run takes connections to a job or a service by its interface.
  ['ingress', 'network_interfaces'],
  // Whether a project that may attach to a service has a network of somebody else's.
  ['tenants', 'project_id_or_num'],
  // Whether a load balancer that no document holds stands before a service that takes requests from such.
  ['balanced', 'INTERNAL_LOAD_BALANCER'],
];

const DEPLOYED = new WeakMap<Document, readonly World[]>();

/** One world for each combination of values and outcomes. */
export function worlds(document: Document): readonly World[] {
  const known = DEPLOYED.get(document) ?? combined(document);
  DEPLOYED.set(document, known);
  return known;
}

function combined(document: Document): readonly World[] {
  const text = JSON.stringify(document.resource);
  const fates = FATES.filter(([, word]) => text.search(word) >= 0).map(([fate]) => [fate, [true, false]] as const);
  const variables = Object.keys(document.variable ?? {}).map((name) => {
    const candidates = CANDIDATES[name];
    if (!candidates) throw new Error(`nothing is known of what ${name} may be`);
    return [name, candidates] as const;
  });
  let combinations: readonly Record<string, unknown>[] = [{}];
  for (const [name, candidates] of [...variables, ...fates])
    combinations = combinations.flatMap((one) => candidates.map((value) => ({ ...one, [name]: value })));
  return combinations.map((values) => deploy(document, values));
}

function deploy({ resource }: Document, values: World['values']): World {
  const all = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]) => ({ id: `${type}.${name}`, type, body })),
  );
  const resources = all.flatMap(({ id, type, body: { count, ...body } }) =>
    count !== undefined && Number(resolve(count, values)) === 0
      ? []
      : [{ id, type, properties: fields(resolve(body, values)) }],
  );
  return { resources, values };
}

/** The value behind expressions; a setting that comes to null isn't there. */
function resolve(node: unknown, values: World['values']): unknown {
  if (Array.isArray(node)) return node.map((one) => resolve(one, values)).filter((one) => one !== null);
  if (typeof node === 'string') return text(node, values);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .map(([key, one]) => [key, resolve(one, values)] as const)
      .filter(([, one]) => one !== null),
  );
}

function text(written: string, values: World['values']): unknown {
  const whole = /^\$\{([^{}]+)\}$/.exec(written);
  if (whole?.[1] !== undefined) return expression(whole[1], values);
  return written.replace(/\$\{([^{}]+)\}/g, (_, inner: string) => String(expression(inner, values)));
}

function expression(written: string, values: World['values']): unknown {
  const chosen = /^var\.(\w+) \? (.+) : (.+)$/.exec(written);
  if (chosen) return expression(String(values[String(chosen[1])] === true ? chosen[2] : chosen[3]), values);
  if (/^["\d[]|^null$|^true$|^false$/.test(written)) return JSON.parse(written);
  const [type = '', name = '', attribute] = written.split('.');
  if (type === 'var') return values[name];
  if (type === 'google_service_account' && attribute === 'email') return email(name);
  return `${type}.${name}`;
}

/** The resources of these types. */
export function ofType(world: World, ...types: readonly string[]): readonly Resource[] {
  return world.resources.filter(({ type }) => types.includes(type));
}

/** What a setting names among resources of these types: by reference, by name or by path. */
export function find(world: World, value: unknown, ...types: readonly string[]): Resource | undefined {
  const last = String(value).split('/').pop();
  return ofType(world, ...types).find(
    ({ id, properties }) =>
      id === value ||
      ([properties.name, properties.secret_id, properties.account_id].includes(last) &&
        !/^projects\/(?!acme\/)/.test(String(value))),
  );
}

/** A block that stands there once: as an object, or as a list of one. */
export function block(value: unknown): Properties {
  return fields(Array.isArray(value) ? value[0] : value);
}

/** Blocks of which there may be any number. */
export function blocksOf(value: unknown): readonly Properties[] {
  return (Array.isArray(value) ? list(value) : value === undefined ? [] : [value]).map(fields);
}

export const isTrue = (value: unknown): boolean => String(value) === 'true';
