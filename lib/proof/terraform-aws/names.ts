import { concatenate } from '../intrinsics';
import type { Resource } from '../templates';
import type { Terraform } from '../terraform';
import { COPIES, COPY_BY_INDEX } from '../terraform-references';
import { isList, isObject, Reference, Text, Unknown, type Value } from '../value';
import { MainTables } from './main-tables';

/** Attributes that say which thing it is. What else an attribute says, the cloud decides. */
const IDENTIFIES =
  /(?:^|_)(?:id|arn|arn_without_revision|name|family|url|bucket|dns_name|domain_name|fqdn|endpoint|uri)$/;
/** Attributes by which a resource is named as CloudFormation's `Ref` names it. */
const ITSELF = new Set(['id', 'name', 'family', 'arn', 'arn_without_revision']);
const LITERALS = [
  ...['id', 'arn', 'service_name'],
  ...['default_security_group_id', 'main_route_table_id', 'default_route_table_id'],
];
/** Names that the cloud gives once in the world. */
const UNIQUE = /^(?:arn:|[a-z][a-z-]*-[0-9a-f]{8,}$|com\.amazonaws\.vpce\.)/;

/** The index of the resource that an address begins with. */
const INDEXED = /^(?:[^ ]*\/)?(?:module\.[\w-]+(?:\[(?:\d+|"[^"]*")\])?\.)*[\w-]+\.[\w-]+(\[(?:\d+|"[^"]*")\])/;

/** What a value of Terraform's refers to, in the model's words: references, literal ids of what the documents hold, copies. */
export class Names {
  readonly mainTables: MainTables;
  /** Where a copy was taken for the one with the same index. */
  readonly paired = new Map<string, Unknown>();
  private readonly unique = new Map<string, Reference>();
  private readonly named = new Map<string, Resource[]>();
  private readonly copied = new Map<string, Resource[]>();

  constructor(readonly terraform: Terraform) {
    for (const resource of terraform.resources) if (resource.type.startsWith('aws_')) this.add(resource);
    this.mainTables = new MainTables(terraform, this);
  }

  /**
   * A value with its references in the model's words. Undefined where nothing is written.
   * @param at where it stands, for facts. @param types of Terraform, one of which a plain name may be of.
   */
  refer(value: Value | undefined, at: string, ...types: readonly string[]): Value | undefined {
    if (value === undefined || value === null || value === '' || isComputed(value)) return undefined;
    if (value instanceof Reference) return this.reference(value, at);
    if (value instanceof Text)
      return concatenate(value.parts.map((part) => (typeof part === 'string' ? part : this.reference(part, at))));
    if (isList(value) || isObject(value)) return misplaced(at);
    return typeof value === 'string' ? this.literal(value, types) : value;
  }

  /** A list of such values; one thing that is named where a list is expected is all of its copies. */
  list(value: Value | undefined, at: string, ...types: readonly string[]): readonly Value[] | Unknown | undefined {
    if (value === undefined || value === null || isComputed(value)) return undefined;
    if (value instanceof Unknown) return value;
    const values = isList(value) ? value : [value];
    return values.flatMap((one) => {
      if (one instanceof Reference && one.attribute === COPIES)
        return this.copiesOf(one.id).map(({ id }) => this.reference(new Reference('resource', id, 'id'), at));
      return this.refer(one, at, ...types) ?? [];
    });
  }

  /** References and literal ids at whatever depth. */
  deep(value: Value, at: string): Value {
    if (isList(value)) return value.map((one) => this.deep(one, at));
    if (!isObject(value)) return this.refer(value, at) ?? (value instanceof Unknown ? value : '');
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.deep(one, at)]));
  }

  copiesOf(base: string): readonly Resource[] {
    return this.copied.get(base) ?? [];
  }

  /** Resources with this name or id. */
  withName(text: string, ...types: readonly string[]): readonly Resource[] {
    const found = this.named.get(text) ?? [];
    return types.length === 0 ? found : found.filter(({ type }) => types.includes(type));
  }

  /** The network that a value names, by whatever attribute of it. */
  networkIn(value: Value | undefined): Reference | undefined {
    const found = typeof value === 'string' ? this.unique.get(value) : value;
    return found instanceof Reference && this.terraform.find(found.id)?.type === 'aws_vpc' ? found : undefined;
  }

  private add(resource: Resource): void {
    const { id, properties } = resource;
    for (const key of LITERALS) {
      // An endpoint names another's service.
      if (key === 'service_name' && resource.type !== 'aws_vpc_endpoint_service') continue;
      const value = properties[key];
      if (typeof value === 'string' && UNIQUE.test(value) && !this.unique.has(value))
        this.unique.set(value, new Reference('resource', id, key));
    }
    for (const key of ['id', 'name', 'family', 'bucket']) {
      const value = properties[key];
      if (typeof value !== 'string' || value === '') continue;
      const same = this.named.get(value) ?? [];
      if (!same.includes(resource)) this.named.set(value, [...same, resource]);
    }
    const base = id.replace(/\[(?:\d+|"[^"]*")\]$/, '');
    if (base !== id) this.copied.set(base, [...(this.copied.get(base) ?? []), resource]);
  }

  private literal(text: string, types: readonly string[]): Value {
    const unique = this.unique.get(text);
    if (unique) return this.reference(unique, text);
    const [only, second] = types.length === 0 ? [] : this.withName(text, ...types);
    return only && !second ? new Reference('resource', only.id, 'Ref') : text;
  }

  private reference(reference: Reference, at: string): Value {
    if (reference.kind !== 'resource') return reference;
    if (reference.attribute === COPIES || reference.attribute === COPY_BY_INDEX) return this.copy(reference, at);
    const target = this.terraform.find(reference.id);
    const { attribute } = reference;
    if (!target?.type.startsWith('aws_')) return unread(reference);
    const special = this.special(target, attribute);
    if (special) return special;
    if (ITSELF.has(attribute)) return new Reference('resource', target.id, attribute === 'arn' ? 'Arn' : 'Ref');
    return IDENTIFIES.test(attribute) ? new Reference('resource', target.id, attribute) : unread(reference);
  }

  private special(target: Resource, attribute: string): Value | undefined {
    switch (target.type) {
      case 'aws_vpc':
        if (attribute === 'default_security_group_id')
          return new Reference('resource', target.id, 'DefaultSecurityGroup');
        if (attribute === 'main_route_table_id') return this.mainTables.of(target.id);
        return attribute === 'default_route_table_id' ? this.mainTables.defaultOf(target.id) : undefined;
      case 'aws_default_security_group': {
        const vpc = this.networkIn(target.properties.vpc_id);
        return ITSELF.has(attribute) && vpc ? new Reference('resource', vpc.id, 'DefaultSecurityGroup') : undefined;
      }
      case 'aws_vpc_endpoint_service': {
        const parts = ['com.amazonaws.vpce.', new Reference('resource', target.id, 'service_name')];
        return attribute === 'service_name' ? new Text(parts) : undefined;
      }
      case 'aws_ecs_task_definition':
        return ITSELF.has(attribute) ? new Reference('resource', target.id, 'Ref') : undefined;
      default:
        return undefined;
    }
  }

  /** Where one thing is expected: the only copy, or the one with the same index. */
  private copy({ id, attribute }: Reference, at: string): Value {
    const [only, second] = this.copiesOf(id);
    if (only && !second) return this.reference(new Reference('resource', only.id, 'id'), at);
    const index = INDEXED.exec(at)?.[1];
    const same = attribute === COPY_BY_INDEX && index !== undefined ? this.terraform.find(id + index) : undefined;
    if (!same)
      return Unknown.of(`copy(${at})`, `whichever copy of ${id} the expression ${at} chooses, it keeps this closed`);
    this.paired.set(at, Unknown.of(`copy(${at})`, `the copy of ${id} that ${at} chooses by an index is ${same.id}`));
    return this.reference(new Reference('resource', same.id, 'id'), at);
  }
}

/** What nobody wrote: the provider fills it in. */
export function isComputed(value: Value | undefined): boolean {
  return value instanceof Unknown && value.facts.every(({ id }) => id.startsWith('computed('));
}

/** Several where one is expected. */
function misplaced(at: string): Unknown {
  return Unknown.of(`value(${at})`, `the value of ${at}, which isn’t one name, keeps this closed`);
}

function unread({ id, attribute }: Reference): Unknown {
  const name = `${id}.${attribute}`;
  return Unknown.of(`value(${name})`, `the value of ${name}, which is known only after apply, keeps this closed`);
}
