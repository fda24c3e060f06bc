import { Acls } from './aws-acls';
import { networkOf } from './aws-network-of';
import { Ranging } from './aws-ranges';
import { Routes } from './aws-routes';
import { type Belonging, Belongings } from './belonging';
import { property } from './evaluate';
import type { Route, Segment } from './model';
import type { Resource, Templates } from './templates';
import { and, keyOf, or, shown, Unknown, unknownIn, type Value } from './value';

/** Subnets of the templates with their routes and access lists, and those that are only named. */
export class Segments {
  readonly ranging: Ranging;
  private readonly routes: Routes;
  private readonly acls: Acls;
  private readonly byKey = new Map<string, Segment>();
  private readonly associations: Belongings;

  constructor(private readonly templates: Templates) {
    this.associations = new Belongings(
      templates,
      'AWS::EC2::SubnetRouteTableAssociation',
      'SubnetId',
      'AWS::EC2::Subnet',
    );
    this.ranging = new Ranging(templates);
    this.acls = new Acls(templates);
    this.routes = new Routes(templates, (subnet) => this.of(subnet));
  }

  /** The subnet a value names. */
  of(value: Value): Segment {
    const key = this.templates.referred(value)?.id ?? keyOf(value) ?? '';
    const known = this.byKey.get(key);
    if (known) return known;
    const resource = this.templates.referred(value);
    const segment = resource?.type === 'AWS::EC2::Subnet' ? this.stated(resource) : named(value);
    // Values without a key are different ones.
    if (key !== '') this.byKey.set(key, segment);
    return segment;
  }

  private stated(subnet: Resource): Segment {
    const { id, properties } = subnet;
    const vpc = property(properties, 'VpcId');
    const associations = this.associationsOf(id);
    const tables = associations.map(({ resource }) => property(resource.properties, 'RouteTableId'));
    const [table] = tables;
    const tableId =
      this.templates.referred(table)?.id ?? (table === undefined ? `main table of ${shown(vpc)}` : shown(table));
    const unknown = this.doubt(subnet, vpc, associations);
    return {
      id,
      network: networkOf(vpc, this.templates),
      ranges: this.ranging.ofSubnet(properties),
      tableId,
      routes: [...associations.flatMap((one) => this.routesBy(one)), ...this.routes.ofAnyTable],
      acl: this.acls.of(id, 'out'),
      aclIn: this.acls.of(id, 'in'),
      hasIpv6: this.ranging.hasIpv6(subnet),
      ...(unknown ? { unknown } : {}),
    };
  }

  /** One that is certain excludes those that may be another subnet’s: AWS refuses a second. */
  private associationsOf(subnet: string): readonly Belonging[] {
    const all = this.associations.of(subnet);
    const certain = all.filter(({ truth }) => truth === true);
    return certain.length > 0 ? certain : all;
  }

  private routesBy({ resource, truth }: Belonging): Route[] {
    const table = property(resource.properties, 'RouteTableId');
    const routes = this.routes.of(this.templates.referred(table)?.id ?? keyOf(table));
    return truth === true ? [...routes] : routes.map((route) => ({ ...route, exists: and(route.exists, truth) }));
  }

  /** What isn't known of the routes of a subnet that the templates hold. */
  private doubt(
    { id, exists }: Resource,
    vpc: Value | undefined,
    associations: readonly Belonging[],
  ): Unknown | undefined {
    const uncertain = associations.flatMap(({ truth }) => (truth instanceof Unknown ? [truth] : []));
    const unread = associations.some(
      ({ resource }) =>
        this.templates.referred(property(resource.properties, 'RouteTableId'))?.type !== 'AWS::EC2::RouteTable',
    );
    // The main table of a VPC that is made here has no route but the local one.
    const main = associations.length === 0 && this.templates.referred(vpc)?.type !== 'AWS::EC2::VPC';
    const found = or(false, ...uncertain, unread || main ? routesUnknown(id) : false, exists === true ? false : exists);
    return found instanceof Unknown ? found : undefined;
  }
}

function named(value: Value): Segment {
  const id = shown(value);
  const unknown = unknownIn(value) ?? routesUnknown(id);
  return {
    id,
    network: `the network of ${id}`,
    ranges: { known: [], unknown: Unknown.of(`ranges(${id})`, `no address of ${id} is admitted there`) },
    tableId: `route table of ${id}`,
    routes: [],
    acl: undefined,
    aclIn: undefined,
    hasIpv6: unknown,
    unknown,
  };
}

function routesUnknown(id: string): Unknown {
  return Unknown.of(`routes(${id})`, `${id} has no route out of its network`);
}
