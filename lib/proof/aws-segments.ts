import { parseRange, type Range } from './address';
import { Routes } from './aws-routes';
import { property } from './evaluate';
import type { AclEntry, Segment } from './model';
import { EVERY_PORT, hasPorts, protocolOf } from './packets';
import type { Resource, Templates } from './templates';
import { keyOf, or, Reference, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** Subnets of the templates with their routes and access lists, and those that are only named. */
export class Segments {
  private readonly routes: Routes;
  private readonly byKey = new Map<string, Segment>();
  private readonly associated: ReadonlyMap<string, Resource>;
  private readonly lists: ReadonlyMap<string, Resource>;
  private readonly ipv6: ReadonlyMap<string, readonly Truth[]>;
  private readonly entries: ReadonlyMap<string, readonly Resource[]>;

  constructor(private readonly templates: Templates) {
    this.associated = bySubnet(templates, 'AWS::EC2::SubnetRouteTableAssociation');
    this.lists = bySubnet(templates, 'AWS::EC2::SubnetNetworkAclAssociation');
    this.ipv6 = grouped(templates, 'AWS::EC2::SubnetCidrBlock', 'SubnetId', ({ exists }) => exists);
    this.entries = grouped(templates, 'AWS::EC2::NetworkAclEntry', 'NetworkAclId', (resource) => resource);
    this.routes = new Routes(templates, (subnet) => this.of(subnet));
  }

  /** The subnet a value names. */
  of(value: Value): Segment {
    const key = this.templates.referred(value)?.id ?? keyOf(value) ?? '';
    const known = this.byKey.get(key);
    if (known) return known;
    const resource = this.templates.referred(value);
    const segment = resource?.type === 'AWS::EC2::Subnet' ? this.stated(resource) : named(value);
    this.byKey.set(key, segment);
    return segment;
  }

  /** Every address range of a network, as far as the templates say. */
  rangesOf(network: string): readonly Range[] {
    const vpc = this.templates.find(network);
    const more = this.templates
      .ofType('AWS::EC2::VPCCidrBlock')
      .filter(({ properties }) => this.templates.referred(property(properties, 'VpcId'))?.id === network);
    const written = [property(vpc?.properties, 'CidrBlock')].concat(
      more.flatMap(({ properties }) => [property(properties, 'CidrBlock'), property(properties, 'Ipv6CidrBlock')]),
    );
    return written.flatMap((value) => (typeof value === 'string' ? (parseRange(value) ?? []) : []));
  }

  private stated({ id, properties }: Resource): Segment {
    const vpc = property(properties, 'VpcId');
    const association = this.associated.get(id);
    const table = property(association?.properties, 'RouteTableId');
    const tableId =
      this.templates.referred(table)?.id ?? (table === undefined ? `main table of ${shown(vpc)}` : shown(table));
    const network = this.templates.referred(vpc)?.id ?? shown(vpc);
    return {
      id,
      network,
      ranges: ['CidrBlock', 'Ipv6CidrBlock'].flatMap((name) => rangeIn(property(properties, name))),
      tableId,
      routes: [...this.routes.of(this.templates.referred(table)?.id ?? keyOf(table) ?? tableId), ...this.routes.of('')],
      acl: this.aclOf(id),
      hasIpv6: or(property(properties, 'Ipv6CidrBlock') !== undefined, ...(this.ipv6.get(id) ?? [])),
      ...this.doubt(id, vpc, table, association),
    };
  }

  /** What isn't known of the routes of a subnet that the templates hold. */
  private doubt(
    id: string,
    vpc: Value | undefined,
    table: Value | undefined,
    association: Resource | undefined,
  ): { unknown?: Unknown } {
    const known = this.templates.referred(table)?.type === 'AWS::EC2::RouteTable';
    if (known && association?.exists === true) return {};
    if (association && association.exists instanceof Unknown) return { unknown: association.exists };
    // The main table of a VPC that is made here has no route but the local one.
    if (table === undefined && this.templates.referred(vpc)?.type === 'AWS::EC2::VPC') return {};
    return { unknown: routesUnknown(id) };
  }

  private aclOf(subnet: string): AclEntry[] | undefined {
    const association = this.lists.get(subnet);
    const acl = this.templates.referred(property(association?.properties, 'NetworkAclId'));
    // A list that isn't known, or may not be there, protects nothing.
    if (!association || association.exists !== true || acl?.type !== 'AWS::EC2::NetworkAcl') return undefined;
    return (this.entries.get(acl.id) ?? [])
      .filter(({ properties }) => String(property(properties, 'Egress')) === 'true')
      .sort((one, other) => ruleNumber(one) - ruleNumber(other))
      .map(readEntry);
  }
}

function named(value: Value): Segment {
  const id = shown(value);
  const unknown = unknownIn(value) ?? routesUnknown(id);
  return {
    id,
    network: `the network of ${id}`,
    ranges: [],
    tableId: `route table of ${id}`,
    routes: [],
    acl: undefined,
    hasIpv6: unknown,
    unknown,
  };
}

function routesUnknown(id: string): Unknown {
  return Unknown.of(`routes(${id})`, `${id} has no route out of its network`);
}

function rangeIn(value: Value | undefined): Range[] {
  const range = typeof value === 'string' ? parseRange(value) : undefined;
  return range ? [range] : [];
}

function bySubnet(templates: Templates, type: string): Map<string, Resource> {
  const found = new Map<string, Resource>();
  for (const resource of templates.ofType(type)) {
    const subnet = templates.referred(property(resource.properties, 'SubnetId'));
    if (subnet) found.set(subnet.id, resource);
  }
  return found;
}

function grouped<T>(
  templates: Templates,
  type: string,
  name: string,
  take: (resource: Resource) => T,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const resource of templates.ofType(type)) {
    const owner = templates.referred(property(resource.properties, name));
    if (owner) found.set(owner.id, [...(found.get(owner.id) ?? []), take(resource)]);
  }
  return found;
}

function ruleNumber({ properties }: Pick<Resource, 'properties'>): number {
  const number = Number(keyOf(property(properties, 'RuleNumber')));
  return Number.isFinite(number) ? number : 0;
}

function readEntry({ id, properties, exists }: Resource): AclEntry {
  const allow = property(properties, 'RuleAction') !== 'deny';
  const unknown = Unknown.of(`acl(${id})`, `the access list entry ${id} lets nothing more through`);
  const cidr = property(properties, 'CidrBlock') ?? property(properties, 'Ipv6CidrBlock');
  const range = typeof cidr === 'string' ? parseRange(cidr) : undefined;
  const protocols = protocolOf(keyOf(property(properties, 'Protocol')) ?? '');
  const [from, to] = ['From', 'To'].map((end) => Number(keyOf(property(properties, 'PortRange', end))));
  const stated = from !== undefined && to !== undefined && from >= 0 && to >= from;
  const ports = protocols && hasPorts(protocols) && stated ? { first: from, last: Math.min(to, 65535) } : EVERY_PORT;
  // An entry for one kind of ICMP refuses less than all of it.
  const partial = property(properties, 'Icmp') !== undefined && !allow;
  const known = range && protocols && !partial && exists === true;
  return {
    id,
    by: `RuleNumber ${ruleNumber({ properties })}`,
    allow,
    packets: known ? { addresses: range, protocols, ports } : unknown,
  };
}

/** The network a VPC id names. */
export function networkOf(value: Value | undefined, templates: Templates): string {
  return templates.referred(value)?.id ?? (value instanceof Reference ? value.id : shown(value));
}
