import { WORKLOAD_MARK } from '../aws-model';
import { setting } from '../terraform-blocks';
import type { Resource } from '../templates';
import type { Terraform } from '../terraform';
import { and, or, Reference, type Truth, Unknown, type Value, type ValueObject } from '../value';
import { isComputed, Names } from './names';
import { type Emitted, type Properties, Source } from './source';
import { concernsAws, isNear, isTerraformInert, isTranslated, TRANSLATORS } from './types';

/** AWS's resources of Terraform documents as the resources of CloudFormation that the model reads. */
export function translateAws(terraform: Terraform): readonly Resource[] {
  const names = new Names(terraform);
  const resources = terraform.resources.filter(({ type }) => concernsAws(type));
  return [...resources.flatMap((resource) => translated(new Source(resource, names))), ...unassociated(names)];
}

function translated(source: Source): readonly Resource[] {
  const { type } = source.resource;
  const translate = TRANSLATORS[type];
  if (translate) return translate(source).map((one) => resourceOf(one, source));
  return isTranslated(type) ? [] : [resourceOf({ id: source.id, type, properties: generic(source) }, source)];
}

function resourceOf({ id, type, properties, exists = true }: Emitted, { resource }: Source): Resource {
  const mark = id === resource.id ? markOf(resource) : undefined;
  return {
    id,
    type,
    properties: written(properties),
    raw: mark === undefined ? {} : { Metadata: { [WORKLOAD_MARK]: mark } },
    exists: and(resource.exists, exists),
    unread: id === resource.id ? resource.unread : undefined,
    terraform: resource.type,
  };
}

function written(properties: Properties): ValueObject {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, Value] => entry[1] !== undefined && entry[1] !== null),
  );
}

/** What a tag says of a workload. One that can’t be read may say that it is an agent. */
function markOf({ properties }: Resource): string | undefined {
  const tags = ['tags', 'tags_all'].map((name) => setting(properties, name));
  const found = tags.map((one) => setting(one, WORKLOAD_MARK)).find((one) => one !== undefined && !isComputed(one));
  if (found === undefined) return undefined;
  return typeof found === 'string' ? found : 'agent';
}

/** A type that isn’t known: what it names, in the model’s words. */
function generic({ resource, names, id }: Source): Properties {
  if (isTerraformInert(resource.type)) return {};
  const entries = Object.entries(resource.properties)
    .filter(([, value]) => !isComputed(value))
    .map(([name, value]) => [pascal(name), named(names.deep(value, `${id}.${name}`), names)] as const);
  const near = isNear(resource.type)
    ? { Type: Unknown.of(`type(${id})`, `${id}, of the type ${resource.type}, opens nothing`) }
    : {};
  return { ...Object.fromEntries(entries), ...near };
}

/** A name that is that of something here is a way to name it. */
function named(value: Value, names: Names): Value {
  if (typeof value !== 'string' || value.length < 3) return value;
  const [only] = names.withName(value).filter(({ type }) => isTranslated(type));
  return only ? new Reference('resource', only.id, 'Ref') : value;
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Subnets without a route table of their own have their network's main table. */
function unassociated(names: Names): readonly Resource[] {
  const { terraform, mainTables } = names;
  const owners = new Map<string, Truth>();
  const strangers: Unknown[] = [];
  for (const resource of terraform.ofType('aws_route_table_association')) {
    const subnet = new Source(resource, names).ref('subnet_id');
    if (subnet instanceof Unknown) strangers.push(subnet);
    if (subnet instanceof Reference) owners.set(subnet.id, or(owners.get(subnet.id) ?? false, resource.exists));
  }
  const doubt = or(mainTables.doubt, ...strangers);
  return terraform.ofType('aws_subnet').flatMap((resource): readonly Resource[] => {
    const [vpc, associated] = [new Source(resource, names).ref('vpc_id'), owners.get(resource.id) ?? false];
    const isHeld = vpc instanceof Reference && terraform.find(vpc.id)?.type === 'aws_vpc';
    if (associated === true || !isHeld) return [];
    const subnet = new Reference('resource', resource.id, 'Ref');
    const open = or(doubt, associated);
    return [
      {
        id: `${resource.id} (main route table)`,
        type: 'AWS::EC2::SubnetRouteTableAssociation',
        properties: { SubnetId: subnet, RouteTableId: mainTables.of(vpc.id) },
        raw: {},
        exists: open instanceof Unknown ? open : true,
        unread: undefined,
        terraform: resource.type,
      },
    ];
  });
}
