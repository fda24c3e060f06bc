import { contains, isV6 } from '../../oracle/filters';
import { list } from '../../oracle/world';
import { type Interface, isNetwork, type Packet, passes } from './firewall';
import { packetsTo, probes } from './probes';
import { block, blocksOf, find, isTrue, ofType, type Resource, type World } from './world';

/** Where Google's APIs answer without the internet, and one of their public addresses. */
const GOOGLE = ['199.36.153.4/30', '199.36.153.8/30', '34.126.0.0/18', '2600:2d00:2:1000::/64'];
export const GOOGLE_PUBLIC = '142.250.1.5';
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

const isGoogle = (address: string) => address === GOOGLE_PUBLIC || GOOGLE.some((range) => contains(range, address));
const isInternet = (address: string) => ![...PRIVATE, ...GOOGLE].some((range) => contains(range, address));

/** Where a packet is meant to end: in another network alone, or on the internet or there, or at Google. */
type End = 'beyond' | 'internet' | 'google';

interface Route {
  readonly by: string;
  readonly range: unknown;
  readonly priority: number;
  readonly to: 'inside' | 'gateway' | 'beyond' | 'nowhere';
}

/** The first packet of an interface that leaves its network, in words. */
export function leavesByIp(world: World, from: Interface): string | undefined {
  for (const to of probes(world)) {
    if (isGoogle(to)) continue;
    const way = wayTo(world, from, to, () => true, 'internet');
    if (way !== undefined) return way;
  }
  return undefined;
}

/**
 * The first packet of a sort of an interface to the internet or to Google, and the first of any sort into another network, in
 * words.
 */
export function dials(world: World, from: Interface, isWanted: (packet: Packet) => boolean): string | undefined {
  for (const to of probes(world)) {
    const way =
      wayTo(world, from, to, isWanted, isGoogle(to) ? 'google' : 'internet') ??
      wayTo(world, from, to, () => true, 'beyond');
    if (way !== undefined) return way;
  }
  return undefined;
}

/** The first HTTPS connection of an interface that Google's own front ends take without an address of the internet's. */
export function reachesGoogle(world: World, from: Interface): string | undefined {
  const subnet = find(world, from.subnet, 'google_compute_subnetwork');
  if (!subnet) return world.values.foreign === true ? 'a network of another document' : undefined;
  if (!isTrue(subnet.properties.private_ip_google_access)) return undefined;
  const https = ({ protocol, port }: Packet) => protocol === 'tcp' && port === 443;
  return probes(world)
    .filter((to) => isGoogle(to) && !isV6(to))
    .map((to) => wayTo(world, from, to, https, 'google'))
    .find((one) => one !== undefined);
}

function wayTo(
  world: World,
  from: Interface,
  to: string,
  isWanted: (packet: Packet) => boolean,
  end: End,
): string | undefined {
  const source = isV6(to) ? from.address6 : from.address;
  if (source === undefined) return undefined;
  const routes = routesTo(world, from, to).filter((route) => delivers(world, from, to, route, end));
  if (routes.length === 0) return undefined;
  const packet = packetsTo(world, source, to)
    .filter(isWanted)
    .find((one) => passes(world, from, 'EGRESS', one, undefined));
  return packet && `${packet.protocol} ${packet.port} to ${to} by ${String(routes[0]?.by)}`;
}

function delivers(world: World, from: Interface, to: string, route: Route, end: End): boolean {
  if (route.to === 'beyond') return end !== 'google';
  if (end === 'beyond') return false;
  if (route.to !== 'gateway') return false;
  if (end === 'google') return true;
  return (
    isInternet(to) && (isV6(to) ? from.address6?.startsWith('26') === true : from.isPublic || isTranslated(world, from))
  );
}

/** Whether a gateway of the network gives an interface's packets an address of the internet's. */
function isTranslated(world: World, from: Interface): boolean {
  return ofType(world, 'google_compute_router_nat').some(({ properties }) => {
    const router = find(world, properties.router, 'google_compute_router');
    if (!router) return world.values.foreign === true;
    if (!isNetwork(world, router.properties.network, from.network) || properties.type === 'PRIVATE') return false;
    if (!String(properties.source_subnetwork_ip_ranges_to_nat).startsWith('LIST_OF')) return true;
    return blocksOf(properties.subnetwork).some(
      ({ name }) => find(world, name, 'google_compute_subnetwork')?.id === from.subnet,
    );
  });
}

/** The routes that take a packet: the narrowest, of those the lowest number; a subnet's own before all. */
function routesTo(world: World, from: Interface, to: string): readonly Route[] {
  const fitting = routesOf(world, from).filter(({ range }) => contains(range, to));
  const length = ({ range, to: end }: Route) => (end === 'inside' ? 129 : Number(String(range).split('/')[1]));
  const longest = Math.max(...fitting.map(length));
  const narrow = fitting.filter((route) => length(route) === longest);
  const lowest = Math.min(...narrow.map(({ priority }) => priority));
  return narrow.filter(({ priority }) => priority === lowest);
}

function routesOf(world: World, from: Interface): readonly Route[] {
  const network = world.resources.find(({ id }) => id === from.network);
  if (!network) {
    const to = world.values.foreign === true ? 'beyond' : 'nowhere';
    return ['0.0.0.0/0', '::/0'].map((range) => ({ by: from.network, range, priority: 0, to }));
  }
  const local = subnetsOf(world, network.id).flatMap(({ properties }) => properties.ip_cidr_range ?? []);
  const inside = local.map((range): Route => ({ by: 'the network', range, priority: 0, to: 'inside' }));
  const made = isTrue(network.properties.delete_default_routes_on_create) ? [] : ['0.0.0.0/0', '::/0'];
  const byDefault = made.map((range): Route => ({ by: network.id, range, priority: 1000, to: 'gateway' }));
  const written = ofType(world, 'google_compute_route')
    .filter(({ properties }) => isNetwork(world, properties.network, network.id))
    .filter(({ properties: { tags } }) => list(tags).length === 0 || list(tags).some((tag) => from.tags.includes(tag)))
    .map((route): Route => ({
      by: route.id,
      range: route.properties.dest_range,
      priority: Number(route.properties.priority ?? 1000),
      to: hopOf(world, route),
    }));
  return [...inside, ...byDefault, ...written, ...peered(world, network)];
}

function hopOf(world: World, { properties }: Resource): Route['to'] {
  if (properties.next_hop_gateway !== undefined) return 'gateway';
  if (properties.next_hop_vpn_tunnel !== undefined) return 'beyond';
  return world.values.forwards === true ? 'beyond' : 'nowhere';
}

/** A peering exchanges subnets; those of a network that another document holds may be any. */
function peered(world: World, network: Resource): readonly Route[] {
  return ofType(world, 'google_compute_network_peering')
    .filter(({ properties }) => isNetwork(world, properties.network, network.id))
    .flatMap(({ id, properties }) => {
      const peer = find(world, properties.peer_network, 'google_compute_network');
      const ranges = peer
        ? subnetsOf(world, peer.id).map(({ properties: its }) => its.ip_cidr_range)
        : world.values.foreign === true
          ? ['172.16.5.0/24']
          : [];
      return ranges.map((range): Route => ({ by: id, range, priority: 0, to: 'beyond' }));
    });
}

export function subnetsOf(world: World, network: string): readonly Resource[] {
  return ofType(world, 'google_compute_subnetwork').filter(({ properties }) =>
    isNetwork(world, properties.network, network),
  );
}

/** Whether two networks are joined, so that one's machines may send to the other. */
export function arePeered(world: World, network: string, other: string): boolean {
  const joins = (one: string, two: string) =>
    ofType(world, 'google_compute_network_peering').some(
      ({ properties }) =>
        isNetwork(world, properties.network, one) && isNetwork(world, block(properties).peer_network, two),
    );
  return joins(network, other) || joins(other, network);
}
