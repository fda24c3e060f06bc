import { EVERY_IPV4, EVERY_IPV6, contains, overlaps, parseRange, type Range } from './address';
import { passAcl } from './pass-acl';
import type { Network } from './network';
import { NOWHERE, PRIVATE, whole } from './unrouted';
import type { Placement, Route, Rule, Segment } from './model';
import { describePackets, EVERY_PACKET, intersect, type Packets, subtractAll } from './packets';
import { oncePer } from './once-per';
import type { Hop } from './report';
import { and, type Truth, Unknown } from './value';

/** Destination of a way of which nobody knows where it ends. */
export const ANYWHERE = 'anywhere';

/** A path of packets that leave the network of a workload. */
export interface WayOut {
  /** Where it leads, for reports; the same for the same place. */
  readonly destination: string;
  readonly truth: Truth;
  readonly path: readonly Hop[];
  /** One change that closes it. */
  readonly change: string;
  /** Set for a way to a cloud service by a gateway endpoint. */
  readonly endpoint?: string;
  /** Set for a way into peered networks: both ends of the peering. */
  readonly peers?: readonly string[];
  /** The subnet whose addresses its packets come from, where NAT has given them another. @default - their sender's own */
  readonly source?: Segment;
  /** What goes this way, at its last hop. */
  readonly packets: readonly Packets[];
}

const NAT64 = parseRange('64:ff9b::/96');
// A group and a table of more pieces than this is not followed; what isn't followed isn't closed.
const MOST_PIECES = 4000;

/** Every way packets of a placement leave its network: for each rule of its groups, each route and what it leads to. */
export function waysOut(placement: Placement, network: Network): readonly WayOut[] {
  return waysIn(network)(placement);
}

/** Several claims ask for the same ways. */
const waysIn = oncePer((network: Network) => oncePer((placement: Placement) => trace(placement, network)));

function trace(placement: Placement, network: Network): WayOut[] {
  return placement.segments.flatMap((segment) =>
    placement.groups.flatMap((group) =>
      group.egress.flatMap((rule) => (rule.peer.kind === 'group' ? [] : ruleWays(placement, segment, rule, network))),
    ),
  );
}

/** The ways of a rule that names a group, to addresses which its members have. */
export function waysToGroup(
  placement: Placement,
  rule: Rule,
  addresses: readonly Range[],
  network: Network,
): readonly WayOut[] {
  const sets = addresses.map((one) => ({ ...rule, addresses: one }));
  return placement.segments.flatMap((segment) => setWays(placement, segment, rule, network)(sets, true));
}

function setWays(placement: Placement, segment: Segment, rule: Rule, network: Network) {
  const before = [start(placement), { id: rule.id, by: `${rule.by} (${peerText(rule)})` }];
  const change = changeOf(rule);
  const { publicAddress } = placement;
  const walk: Walk = { network, change, publicAddress, elsewhere: elsewhere(segment, rule), seen: new Set() };
  return (sets: readonly Packets[], truth: Truth) => routeWays(segment, sets, and(rule.exists, truth), before, walk);
}

function ruleWays(placement: Placement, segment: Segment, rule: Rule, network: Network): WayOut[] {
  const ways = setWays(placement, segment, rule, network);
  switch (rule.peer.kind) {
    case 'group':
      return [];
    case 'range':
      return ways([{ ...rule, addresses: rule.peer.range }], true);
    case 'unknown':
      return ways(everywhere(rule), rule.peer.unknown);
    case 'prefix-list': {
      // The cloud's own lists hold addresses of the internet; whether one holds private ones too, no template says.
      const unknown = listPrivate(rule.peer.shown);
      return [
        ...ways(subtractAll(everywhere(rule), PRIVATE), true),
        ...ways(
          PRIVATE.map((set) => ({ ...rule, addresses: set.addresses })),
          unknown,
        ),
      ];
    }
  }
}

/** A list that someone else keeps may hold addresses inside a network too. */
export function listPrivate(shown: string): Unknown {
  return Unknown.of(`prefix-list-private(${shown})`, `the prefix list ${shown} holds no address of a private network`);
}

/** An endpoint's route takes every packet to its own list: whether a rule's list is that one, no template says. */
function elsewhere({ routes }: Segment, { peer }: Rule): Truth {
  const endpoint = routes.find(({ target, exists }) => target.kind === 'service' && exists === true);
  if (peer.kind !== 'prefix-list' || !endpoint) return true;
  const { shown } = peer;
  return Unknown.of(`prefix-list(${shown})`, `the prefix list ${shown} is the one whose packets ${endpoint.id} takes`);
}

interface Walk {
  readonly network: Network;
  readonly change: string;
  /** Whether packets at this point of the way have a public IPv4 address to come from. */
  readonly publicAddress: Truth;
  /** Whether packets can take any other way than to a service of the cloud. */
  readonly elsewhere: Truth;
  /** The subnet of the last translation. */
  readonly source?: Segment;
  /** Subnets already passed. */
  readonly seen: ReadonlySet<string>;
}

function routeWays(
  segment: Segment,
  sets: readonly Packets[],
  truth: Truth,
  before: readonly Hop[],
  walk: Walk,
): WayOut[] {
  if (walk.seen.has(segment.id)) return [];
  const passed = passAcl(subtractAll(sets, NOWHERE), segment.acl);
  const here = [...before, { id: segment.id, by: segment.acl ? 'its access list lets it through' : segment.tableId }];
  const inner: Walk = { ...walk, seen: new Set([...walk.seen, segment.id]) };
  return passed.flatMap((some) => {
    if (some.sets.length === 0) return [];
    const sure = and(truth, some.truth);
    const doubt: WayOut[] = segment.unknown
      ? [
          {
            destination: ANYWHERE,
            truth: and(sure, segment.unknown),
            path: here,
            change: walk.change,
            packets: some.sets,
          },
        ]
      : [];
    const found = segment.routes.flatMap((route) =>
      oneRoute(segment, route, some.sets, and(sure, route.exists), here, inner),
    );
    return [...doubt, ...found];
  });
}

function oneRoute(
  segment: Segment,
  route: Route,
  sets: readonly Packets[],
  truth: Truth,
  before: readonly Hop[],
  walk: Walk,
): WayOut[] {
  const local = walk.network.localTo(segment.network);
  const covered = coveredBy(segment, route, local);
  const reached = covered.flatMap((one) => sets.flatMap((set) => intersect(set, one) ?? []));
  if (reached.length === 0) return [];
  const path = [...before, { id: route.id, by: route.by }];
  if (reached.length > MOST_PIECES) {
    const unknown = Unknown.of(`pieces(${route.id})`, `rules and routes at ${route.id} are few enough to be followed`);
    return [{ destination: ANYWHERE, truth: and(truth, unknown), path, change: walk.change, packets: reached }];
  }
  const doubt = route.destination instanceof Unknown ? route.destination : true;
  const kept = route.target.kind === 'service' ? true : walk.elsewhere;
  return targetWays(segment, route, reached, and(truth, doubt, kept), path, walk);
}

/** What a route takes: its destination without what a more specific route, or the network itself, takes first. */
function coveredBy(segment: Segment, route: Route, local: readonly Range[]): readonly Packets[] {
  const { destination } = route;
  // One that isn't known may be more specific than the network.
  if (destination instanceof Unknown) return EVERY_PACKET;
  if (destination === undefined) return subtractAll(EVERY_PACKET, local.map(whole));
  const narrower = segment.routes.flatMap((other) => {
    const theirs = other.destination;
    if (other === route || theirs === undefined || theirs instanceof Unknown || other.exists !== true) return [];
    return contains(destination, theirs) && !contains(theirs, destination) ? [whole(theirs)] : [];
  });
  // A route inside the network's own range, or in place of it, leads to what stands between subnets.
  const stays = local.filter((range) => !contains(range, destination));
  return subtractAll([whole(destination)], [...narrower, ...stays.map(whole)]);
}

function targetWays(
  segment: Segment,
  route: Route,
  sets: readonly Packets[],
  truth: Truth,
  path: readonly Hop[],
  walk: Walk,
): WayOut[] {
  const { target, targetId } = route;
  const there =
    targetId === route.id ? path : [...path, { id: targetId, by: describePackets(sets[0] ?? whole(EVERY_IPV4)) }];
  const way = (destination: string, also: Truth): WayOut => ({
    destination,
    truth: and(truth, also),
    path: there,
    change: walk.change,
    packets: sets,
    ...(walk.source && { source: walk.source }),
  });
  switch (target.kind) {
    case 'internet':
      return [4, 6].flatMap((family): WayOut[] => {
        if (!sets.some(({ addresses }) => addresses.family === family)) return [];
        if (family === 6) return [way('the internet (IPv6)', segment.hasIpv6)];
        return target.ipv6Only ? [] : [way('the internet (IPv4)', walk.publicAddress)];
      });
    case 'translate':
      return translated(target, sets, truth, there, walk);
    case 'network':
      if (target.network === 'local') return [];
      return [{ ...way(`the peered network ${target.network}`, true), peers: target.ends ?? [] }];
    case 'service':
      return [{ ...way(`the service behind ${target.endpoint}`, true), endpoint: target.endpoint }];
    case 'beyond':
      return [way(target.what, true), ...onward(route, target.what, sets, way)];
    case 'unknown':
      return [way(ANYWHERE, target.unknown)];
  }
}

/** What takes packets to addresses of the internet may hand them on to it: a transit gateway with NAT behind it, a firewall. */
function onward(
  { id }: Route,
  what: string,
  sets: readonly Packets[],
  way: (destination: string, also: Truth) => WayOut,
): WayOut[] {
  const unknown = Unknown.of(`beyond(${id})`, `${what}, by the route ${id}, passes nothing on to the internet`);
  const families = new Set(subtractAll(sets, PRIVATE).map(({ addresses }) => addresses.family));
  return [...families].map((family) => way(`the internet (IPv${family})`, unknown));
}

/** Through NAT: on from its own subnet, with its address. */
function translated(
  target: Extract<Route['target'], { kind: 'translate' }>,
  sets: readonly Packets[],
  truth: Truth,
  path: readonly Hop[],
  walk: Walk,
): WayOut[] {
  const four = sets.flatMap((set) => {
    if (set.addresses.family === 4) return [set];
    // NAT64: such an address is an IPv4 address beyond the gateway.
    return NAT64 && overlaps(NAT64, set.addresses) ? [{ ...set, addresses: EVERY_IPV4 }] : [];
  });
  if (four.length === 0) return [];
  const segment = target.segment();
  if (!segment) return [{ destination: 'the internet (IPv4)', truth, path, change: walk.change, packets: four }];
  return routeWays(segment, four, truth, path, { ...walk, publicAddress: target.public, source: segment });
}

function everywhere({ protocols, ports }: Rule): readonly Packets[] {
  return [EVERY_IPV4, EVERY_IPV6].map((addresses) => ({ addresses, protocols, ports }));
}

/** What takes a rule away. */
export function changeOf({ id, by, change }: Rule): string {
  return change ?? `remove the rule ${by === 'Properties' ? id : `${id} ${by}`}`;
}

function start({ id, by }: Placement): Hop {
  return { id, by };
}

function peerText({ peer, ...rule }: Rule): string {
  const what = describePackets({ ...rule, addresses: EVERY_IPV4 });
  return peer.kind === 'prefix-list' ? `prefix list, ${what}` : what;
}
