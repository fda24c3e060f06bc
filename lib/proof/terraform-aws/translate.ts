import { WORKLOAD_MARK } from '../aws-model';
import { setting } from '../terraform-blocks';
import type { Resource, Translated } from '../templates';
import type { Terraform } from '../terraform';
import { and, or, Reference, type Truth, Unknown, unknownIn, type Value, type ValueObject } from '../value';
import { generic, nearby, RENAMED } from './generic';
import { isComputed, Names } from './names';
import { type Emitted, type Properties, Source, unknownAt } from './source';
import { concernsAws, isNear, isPart, isTerraformInert, isTranslated, TRANSLATORS } from './types';

/** AWS's resources of Terraform documents as the resources of CloudFormation that the model reads. */
export function translateAws(terraform: Terraform): Translated {
  const names = new Names(terraform);
  const all = terraform.resources.filter(({ type }) => concernsAws(type));
  const resources = [...all.flatMap((resource) => translated(new Source(resource, names))), ...unassociated(names)];
  // Which copy an index chooses, a plan doesn’t show: what is taken for granted is said.
  const paired = [...names.paired].map(([id, truth]) => ({ id, by: 'an index', truth }));
  return { resources, unread: [...terraform.unread, ...paired] };
}

function translated(source: Source): readonly Resource[] {
  const { type } = source.resource;
  const translate = TRANSLATORS.get(type);
  if (translate) return translate(source).map((one) => resourceOf(one, source));
  if (isPart(type)) return [];
  const properties = isTerraformInert(type)
    ? {}
    : { ...generic(source, isTranslated), ...(isNear(type) && nearby(source)) };
  return [resourceOf({ id: source.id, type: RENAMED.get(type) ?? type, properties }, source)];
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

/** Subnets without a route table of their own have their network's main table. */
function unassociated(names: Names): readonly Resource[] {
  const { terraform, mainTables } = names;
  const owners = new Map<string, Truth>();
  const strangers: Unknown[] = [];
  for (const resource of terraform.ofType('aws_route_table_association')) {
    const subnet = new Source(resource, names).ref('subnet_id');
    const isHeld = subnet instanceof Reference && terraform.find(subnet.id)?.type === 'aws_subnet';
    if (isHeld) owners.set(subnet.id, or(owners.get(subnet.id) ?? false, resource.exists));
    else if (typeof subnet === 'object') strangers.push(unknownIn(subnet) ?? unknownAt(resource.id));
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
