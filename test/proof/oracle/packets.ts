import {
  aclPasses,
  carries,
  contains,
  type Interface,
  isV6,
  type Packet,
  prefixes,
  rulesIn,
  rulesOut,
} from './filters';
import { isOwn, joins, leadsAway, networkOf, otherSide } from './joined';
import { addresses, isPublic, fromNat64, NAT64, packetsTo, STORAGE, toNat64 } from './probes';
import { fields, list, ofType, once, type Properties, type World } from './world';

/** Where a packet ended up: the gateway that took it, or the gateway endpoint. */
interface Arrival {
  readonly by: string;
  readonly isEndpoint: boolean;
  /** The address that it comes from there, and whether that is its sender's own. */
  readonly source: string;
  readonly isTranslated: boolean;
}

/** The first packet of a service that leaves its network, in words; `undefined` when none does. */
export function leavesByIp(
  world: World,
  agent: string,
  isWanted: (packet: Packet) => boolean = () => true,
): string | undefined {
  for (const from of interfacesOf(world, agent))
    for (const to of addresses(world))
      for (const [packet, arrivals] of outside(world, from, to)) {
        if (!isWanted(packet)) continue;
        const { protocol, port } = packet;
        const arrival = arrivals.find(({ isEndpoint }) => !isEndpoint);
        if (arrival) return `${protocol} ${port} to ${to} by ${arrival.by}`;
      }
  return undefined;
}

export const isHttps = ({ protocol, port }: Packet) => protocol === 'tcp' && port === 443;

/** The endpoints of the cloud that a service can speak HTTPS to. */
export function reachedEndpoints(world: World, agent: string): readonly string[] {
  const ours = interfacesOf(world, agent);
  const gateways = ours
    .flatMap((from) => [...outside(world, from, STORAGE.address)])
    .flatMap(([packet, arrivals]) => (isHttps(packet) ? arrivals.filter(({ isEndpoint }) => isEndpoint) : []));
  const interfaces = ofType(world, 'EC2::VPCEndpoint').filter(({ id, properties }) => {
    const theirs = properties.VpcEndpointType === 'Interface' ? interfacesOf(world, id) : [];
    return ours.some((from) => theirs.some((to) => connects(world, from, to, isHttps)));
  });
  return [...gateways.map(({ by }) => by), ...interfaces.map(({ id }) => id)];
}

/** An address of the internet, where the cloud's public endpoints stand, that a service can speak HTTPS to. */
export function reachedInternet(world: World, agent: string): string | undefined {
  const isOnline = (by: string) => /InternetGateway$/.test(world[by]?.type ?? '');
  return interfacesOf(world, agent)
    .flatMap((from) => addresses(world).flatMap((to) => (isPublic(to) ? [{ from, to }] : [])))
    .find(({ from, to }) =>
      [...outside(world, from, to)].some(
        ([packet, arrivals]) => isHttps(packet) && arrivals.some(({ by, isEndpoint }) => !isEndpoint && isOnline(by)),
      ),
    )?.to;
}

/** What takes HTTPS of a service to a network that no template holds, where endpoints may stand too. */
export function reachedFar(world: World, agent: string): string | undefined {
  return interfacesOf(world, agent)
    .flatMap((from) => addresses(world).flatMap((to) => [...outside(world, from, to)]))
    .flatMap(([packet, arrivals]) => (isHttps(packet) ? arrivals : []))
    .find(({ by, isEndpoint }) => !isEndpoint && leadsAway(world, by))?.by;
}

/** The first workload, another copy of the service among them, that a packet of it arrives at. */
export function reachesNeighbour(world: World, agent: string): string | undefined {
  return ofType(world, 'ECS::Service')
    .filter(({ id }) => id !== 'Proxy')
    .find(({ id }) => meet(world, agent, id))?.id;
}

/** Who a packet of arrives at the service, were it to send one. */
export function reachedFrom(world: World, agent: string): string | undefined {
  const inside = ofType(world, 'ECS::Service').find(({ id }) => meet(world, id, agent))?.id;
  return inside ?? fromOutside(world, agent);
}

/** Somebody outside the network whose packet arrives at a service, were he to send one. */
export function fromOutside(world: World, agent: string): string | undefined {
  const attached = ofType(world, 'EC2::VPCGatewayAttachment');
  const isOnline = attached.some(({ properties }) => properties.InternetGatewayId !== undefined);
  const isJoined =
    attached.some(({ properties }) => properties.VpnGatewayId !== undefined) ||
    ofType(world, 'EC2::TransitGatewayAttachment').length + ofType(world, 'EC2::VPCPeeringConnection').length > 0;
  for (const to of interfacesOf(world, agent))
    for (const address of addresses(world)) {
      const target = isV6(address) ? to.v6 : to.v4;
      const comes = isPublic(address) ? isOnline && (isV6(address) || to.isPublic) : isJoined;
      const from: Interface = { subnet: '', groups: [], v4: address, v6: address, isPublic: true };
      if (comes && target !== undefined && connects(world, from, to)) return address;
    }
  return undefined;
}

/** Whether a packet gets from one service, endpoint or load balancer to another. */
export function meet(world: World, from: string, to: string): boolean {
  // A service runs more than one copy, each with an address of its own in each of its subnets.
  const theirs = interfacesOf(world, to).map((one) =>
    from === to ? { ...one, v4: one.v4.replace(/\d+$/, '99') } : one,
  );
  return interfacesOf(world, from).some((one) => theirs.some((other) => connects(world, one, other)));
}

/** Whether a packet, of some or of any sort, gets from one interface to another. */
function connects(world: World, from: Interface, to: Interface, isWanted = (_: Packet) => true): boolean {
  if (from.subnet !== '' && networkOf(world, from.subnet) !== networkOf(world, to.subnet))
    return crosses(world, from, to, isWanted);
  return [to.v4, ...(to.v6 === undefined ? [] : [to.v6])].some((address) => {
    const source = isV6(address) ? from.v6 : from.v4;
    const admitting = source === undefined ? [] : rulesIn(world, to, source, from);
    if (source === undefined || admitting.length === 0) return false;
    // Who comes from outside has groups of his own that we don't know.
    const isOurs = from.groups.length > 0;
    const leaving = isOurs ? rulesOut(world, from, address, to) : [{ IpProtocol: '-1' }];
    return packetsTo(world, address)
      .filter(isWanted)
      .filter((packet) => [admitting, leaving].every((rules) => rules.some((rule) => carries(rule, packet))))
      .some((packet) => from.subnet === to.subnet || passesLists(world, from, to, packet, source));
  });
}

/** The same between two networks: out by a route, to what is joined there, and in with the address that it then comes from. */
function crosses(world: World, from: Interface, to: Interface, isWanted: (packet: Packet) => boolean): boolean {
  const network = networkOf(world, to.subnet);
  return [to.v4, toNat64(to.v4), ...(to.v6 === undefined ? [] : [to.v6])].some((address) =>
    [...outside(world, from, address, to)].some(([packet, arrivals]) => {
      if (!isWanted(packet)) return false;
      return arrivals.some(({ by, source, isTranslated }) => {
        const sender = isTranslated ? { ...from, groups: [] } : from;
        return (
          joins(world, by, network) &&
          aclPasses(world, to.subnet, 'in', packet, source) &&
          rulesIn(world, to, source, sender).some((rule) => carries(rule, packet))
        );
      });
    }),
  );
}

function passesLists(world: World, from: Interface, to: Interface, packet: Packet, source: string): boolean {
  const leaves = from.groups.length === 0 || aclPasses(world, from.subnet, 'out', packet, source);
  return leaves && aclPasses(world, to.subnet, 'in', packet, source);
}

/** The network interfaces of a service or an endpoint: one in each of its subnets. */
function interfacesOf(world: World, id: string): readonly Interface[] {
  return once(world, `interfaces ${id}`, () => {
    const { properties = {} } = world[id] ?? {};
    const network = fields(fields(properties.NetworkConfiguration).AwsvpcConfiguration);
    const groups = list(network.SecurityGroups ?? properties.SecurityGroupIds ?? properties.SecurityGroups).map(String);
    const host = Object.keys(world).indexOf(id) + 10;
    return list(network.Subnets ?? properties.SubnetIds ?? properties.Subnets).map((subnet) => {
      const { VpcId, CidrBlock, Ipv6CidrBlock } = world[String(subnet)]?.properties ?? {};
      return {
        subnet: String(subnet),
        groups: groups.length > 0 ? groups : [`${String(VpcId)}.DefaultSecurityGroup`],
        v4: String(CidrBlock).replace(/\.0\/\d+$/, `.${host}`),
        ...(Ipv6CidrBlock !== undefined && { v6: String(Ipv6CidrBlock).replace(/::\/\d+$/, `::${host}`) }),
        // A service that says nothing of it gives none: the reference of AwsVpcConfiguration.
        isPublic: network.AssignPublicIp === 'ENABLED',
      };
    });
  });
}

/** The packets of one interface to an address outside that its groups let go, with what becomes of each. */
function* outside(
  world: World,
  from: Interface,
  to: string,
  peer?: Interface,
): Generator<readonly [Packet, readonly Arrival[]]> {
  const source = isV6(to) ? from.v6 : from.v4;
  const rules = source === undefined ? [] : rulesOut(world, from, to, peer);
  if (source === undefined || rules.length === 0) return;
  for (const packet of packetsTo(world, to))
    if (rules.some((rule) => carries(rule, packet))) yield [packet, forward(world, from, packet, source, new Set())];
}

/** Leaves a subnet by the most specific route of its table; without an association that is the main table, which is local. */
function forward(
  world: World,
  from: Interface,
  packet: Packet,
  source: string,
  passed: ReadonlySet<string>,
): readonly Arrival[] {
  return routesTo(world, from.subnet, packet.to).flatMap((route) => {
    const nat = world[String(route.NatGatewayId)]?.properties;
    const leaves = nat?.SubnetId !== from.subnet;
    if (leaves && !aclPasses(world, from.subnet, 'out', packet, source)) return [];
    if (nat) return throughNat(world, String(route.NatGatewayId), nat, packet, from, passed);
    const by = Object.entries(route).find(([key]) => /(Id|Arn)$/.test(key) && !/RouteTable|Prefix/.test(key));
    const end = { source, isTranslated: passed.size > 0 };
    if (route.endpoint !== undefined) return [{ by: String(route.endpoint), isEndpoint: true, ...end }];
    return delivers(world, from, packet, route) ? [{ by: String(by?.[1]), isEndpoint: false, ...end }] : [];
  });
}

function throughNat(
  world: World,
  id: string,
  nat: Properties,
  packet: Packet,
  from: Interface,
  passed: ReadonlySet<string>,
): readonly Arrival[] {
  const subnet = String(nat.SubnetId);
  const translated = contains(NAT64, packet.to)
    ? {
        ...packet,
        to: fromNat64(packet.to),
        protocol: packet.protocol === 'icmpv6' ? ('icmp' as const) : packet.protocol,
      }
    : packet;
  // NAT has an IPv4 address only, and translates TCP, UDP and ICMP.
  if (passed.has(id) || isV6(translated.to) || packet.protocol === '50') return [];
  const source = isV6(packet.to) ? (from.v6 ?? '') : from.v4;
  if (subnet !== from.subnet && !aclPasses(world, subnet, 'in', packet, source)) return [];
  const v4 = String(world[subnet]?.properties.CidrBlock).replace(/\.0\/\d+$/, '.250');
  const own = { subnet, groups: [], v4, isPublic: nat.ConnectivityType !== 'private' };
  return forward(world, own, translated, v4, new Set([...passed, id]));
}

function delivers(world: World, from: Interface, { to }: Packet, route: Properties): boolean {
  const attached = ofType(world, 'EC2::VPCGatewayAttachment').some(
    ({ properties }) => properties.InternetGatewayId === route.GatewayId || properties.VpnGatewayId === route.GatewayId,
  );
  if (world[String(route.GatewayId)]?.type === 'AWS::EC2::InternetGateway')
    return attached && isPublic(to) && (isV6(to) || from.isPublic);
  if (route.GatewayId !== undefined) return attached;
  if (route.EgressOnlyInternetGatewayId !== undefined) return isPublic(to) && isV6(to);
  if (route.VpcPeeringConnectionId === undefined) return true;
  // A peering carries to the other side's own addresses only; those of a network outside the template may be any.
  const other = otherSide(world, String(route.VpcPeeringConnectionId), networkOf(world, from.subnet));
  return world[other] === undefined || isOwn(world, other, to);
}

/** The routes of a subnet, each with the range it is for; those that a gateway announces stand last. */
function routesOf(world: World, subnet: string): readonly Properties[] {
  return once(world, `routes ${subnet}`, () => {
    const table = ofType(world, 'EC2::SubnetRouteTableAssociation').find(
      ({ properties }) => properties.SubnetId === subnet,
    )?.properties.RouteTableId;
    if (table === undefined) return [];
    const isOurs = ({ properties }: { properties: Properties }) => list(properties.RouteTableIds).includes(table);
    const endpoints = ofType(world, 'EC2::VPCEndpoint').filter(isOurs);
    const routes: readonly Properties[] = [
      ...ofType(world, 'EC2::Route')
        .map(({ properties }) => properties)
        .filter(({ RouteTableId }) => RouteTableId === table),
      ...endpoints.map(({ id }) => ({ endpoint: id, DestinationCidrBlock: STORAGE.range })),
      ...ofType(world, 'EC2::VPNGatewayRoutePropagation')
        .filter(isOurs)
        .map(({ properties }) => ({
          GatewayId: properties.VpnGatewayId,
          DestinationCidrBlock: '0.0.0.0/0',
          isAnnounced: true,
        })),
    ];
    return routes.flatMap((route) => rangesOf(world, route).map((range) => ({ ...route, range })));
  });
}

function rangesOf(world: World, route: Properties): readonly unknown[] {
  if (route.DestinationPrefixListId !== undefined) return prefixes(world, route.DestinationPrefixListId);
  return [route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock];
}

/** The routes that a packet may take: one, or several of which the service takes any where lists overlap. */
function routesTo(world: World, subnet: string, to: string): readonly Properties[] {
  return once(world, `route ${subnet} ${to}`, () => {
    const length = ({ range }: Properties) => Number(String(range).split('/')[1]);
    const fitting = routesOf(world, subnet).filter(({ range }) => contains(range, to));
    const longest = Math.max(...fitting.map(length));
    const best = fitting.filter((route) => length(route) === longest);
    // Of the same length: stated ranges, then lists, then what a gateway announces.
    const rank = (route: Properties) =>
      route.isAnnounced === true ? 2 : route.DestinationPrefixListId === undefined ? 0 : 1;
    const first = Math.min(...best.map(rank));
    return best.filter((route) => rank(route) === first);
  });
}
