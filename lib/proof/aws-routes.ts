import { parseRange, type Range } from './address';
import { networkOf } from './aws-network-of';
import { property } from './evaluate';
import type { Route, Segment, Target } from './model';
import type { Resource, Templates } from './templates';
import { and, isList, keyOf, shown, Unknown, unknownIn, type Value, type ValueObject } from './value';

/** Properties of a route that name its target, and what each leads to beyond the templates. */
const BEYOND: Readonly<Record<string, string>> = {
  TransitGatewayId: 'whatever is attached to a transit gateway',
  CoreNetworkArn: 'whatever is attached to a core network',
  LocalGatewayId: 'the network behind a local gateway',
  CarrierGatewayId: 'a carrier’s network',
  InstanceId: 'whatever an instance forwards to',
  NetworkInterfaceId: 'whatever an interface forwards to',
  VpcEndpointId: 'whatever a firewall or gateway load balancer lets through',
};

/** Routes of route tables, by the table's id or, for a table no template holds, the key of its name. */
export class Routes {
  private readonly byTable = new Map<string, Route[]>();
  /** Routes whose table isn't known. */
  readonly ofAnyTable: Route[] = [];

  constructor(
    private readonly templates: Templates,
    private readonly segmentOf: (subnet: Value) => Segment,
  ) {
    for (const resource of templates.ofType('AWS::EC2::Route'))
      this.add(resource.properties.RouteTableId, this.written(resource));
    for (const resource of templates.ofType('AWS::EC2::VPCEndpoint')) this.addGatewayEndpoint(resource);
    for (const { type, gateway, what } of PROPAGATIONS)
      for (const resource of templates.ofType(type)) this.addPropagated(resource, gateway, what);
  }

  of(table: string | undefined): readonly Route[] {
    return table === undefined ? [] : (this.byTable.get(table) ?? []);
  }

  private add(table: Value | undefined, route: Route): void {
    const referred = this.templates.referred(table);
    const key = referred?.id ?? keyOf(table);
    if (key !== undefined) {
      const same = this.byTable.get(key);
      if (same) same.push(route);
      else this.byTable.set(key, [route]);
    }
    // A route of a table that isn't known may be of any table.
    if (referred?.type === 'AWS::EC2::RouteTable') return;
    const doubt = this.templates.names(table, { id: '', type: 'AWS::EC2::RouteTable' });
    if (doubt instanceof Unknown) this.ofAnyTable.push({ ...route, exists: and(route.exists, doubt) });
  }

  private written({ id, properties, exists }: Resource): Route {
    const { by, value } = destinationOf(properties);
    return {
      id,
      by,
      targetId: this.targetId(properties),
      destination: rangeOf(id, by, value),
      target: this.targetOf(id, properties),
      exists,
    };
  }

  private targetId(properties: ValueObject): string {
    const [, value] = Object.entries(properties).find(([name]) => name in BEYOND || TARGETS.includes(name)) ?? [];
    return this.templates.referred(value)?.id ?? shown(value);
  }

  private targetOf(id: string, properties: ValueObject): Target {
    const named = (name: string) => property(properties, name);
    const nat = named('NatGatewayId');
    if (nat !== undefined) return this.translated(nat);
    if (named('EgressOnlyInternetGatewayId') !== undefined)
      return { kind: 'internet', needsPublicIpv4: true, ipv6Only: true };
    const peering = named('VpcPeeringConnectionId');
    if (peering !== undefined) return this.peered(peering);
    const gateway = named('GatewayId');
    if (gateway !== undefined) return this.gateway(id, gateway);
    const beyond = Object.keys(BEYOND).find((name) => named(name) !== undefined);
    if (beyond !== undefined) return { kind: 'beyond', what: BEYOND[beyond] ?? beyond };
    return { kind: 'unknown', unknown: Unknown.of(`route(${id})`, `the target of the route ${id} leads nowhere`) };
  }

  private gateway(id: string, gateway: Value): Target {
    if (gateway === 'local') return { kind: 'network', network: 'local' };
    const type = this.templates.referred(gateway)?.type;
    const text = typeof gateway === 'string' ? gateway : '';
    if (type === 'AWS::EC2::InternetGateway' || text.startsWith('igw-'))
      return { kind: 'internet', needsPublicIpv4: true };
    if (type === 'AWS::EC2::VPNGateway' || text.startsWith('vgw-'))
      return { kind: 'beyond', what: 'the network behind a VPN gateway' };
    const unknown =
      unknownIn(gateway) ??
      Unknown.of(`route(${id})`, `the gateway ${shown(gateway)} of the route ${id} leads nowhere`);
    return { kind: 'unknown', unknown };
  }

  private translated(nat: Value): Target {
    const resource = this.templates.referred(nat);
    if (resource?.type !== 'AWS::EC2::NatGateway') return { kind: 'translate', segment: () => undefined, public: true };
    const subnet = property(resource.properties, 'SubnetId');
    return {
      kind: 'translate',
      segment: () => (subnet === undefined ? undefined : this.segmentOf(subnet)),
      public: property(resource.properties, 'ConnectivityType') !== 'private',
    };
  }

  /** Both ends of a peering, so that each side finds the other. */
  private peered(peering: Value): Target {
    const resource = this.templates.referred(peering);
    if (!resource) return { kind: 'network', network: shown(peering), ends: [shown(peering)] };
    const ends = ['VpcId', 'PeerVpcId'].map((name) => networkOf(property(resource.properties, name), this.templates));
    return { kind: 'network', network: ends.join(' and '), ends };
  }

  private addGatewayEndpoint({ id, properties, exists }: Resource): void {
    const type = property(properties, 'VpcEndpointType') ?? 'Gateway';
    if (type === 'Interface' || type === 'GatewayLoadBalancer') return;
    const tables = property(properties, 'RouteTableIds');
    const route: Route = {
      id,
      by: 'RouteTableIds',
      targetId: id,
      destination: undefined,
      target: { kind: 'service', endpoint: id },
      exists,
    };
    if (isList(tables)) for (const table of tables) this.add(table, route);
    else if (tables !== undefined) this.add(tables, route);
  }

  /** Routes that somebody announces: to anywhere, by whatever they like. */
  private addPropagated({ id, properties, exists }: Resource, gateway: string, what: string): void {
    const by = property(properties, 'RouteTableIds') === undefined ? 'RouteTableId' : 'RouteTableIds';
    const tables = property(properties, by);
    const route: Route = {
      id,
      by,
      targetId: this.templates.referred(property(properties, gateway))?.id ?? shown(property(properties, gateway)),
      destination: undefined,
      target: { kind: 'beyond', what },
      exists,
    };
    for (const table of isList(tables) ? tables : [tables]) this.add(table, route);
  }
}

const PROPAGATIONS = [
  {
    type: 'AWS::EC2::VPNGatewayRoutePropagation',
    gateway: 'VpnGatewayId',
    what: 'the network behind a VPN gateway',
  },
  {
    type: 'AWS::EC2::RouteServerPropagation',
    gateway: 'RouteServerId',
    what: 'whatever the peers of a route server announce',
  },
];

const TARGETS = ['NatGatewayId', 'EgressOnlyInternetGatewayId', 'VpcPeeringConnectionId', 'GatewayId'];

function destinationOf(properties: ValueObject): { by: string; value: Value | undefined } {
  const names = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'];
  const [by, another] = names.filter((name) => property(properties, name) !== undefined);
  if (by === undefined) return { by: 'no destination', value: undefined };
  // Which of two is taken nobody knows.
  if (another !== undefined) return { by: `${by} and ${another}`, value: undefined };
  const value = property(properties, by);
  return { by: `${by} ${shown(value)}`, value };
}

function rangeOf(id: string, by: string, value: Value | undefined): Range | Unknown | undefined {
  if (by.startsWith('DestinationPrefixListId ')) return undefined;
  const range = typeof value === 'string' ? parseRange(value) : undefined;
  return (
    range ??
    unknownIn(value) ??
    Unknown.of(`route(${id})`, `the destination of the route ${id} covers nothing outside the network`)
  );
}
