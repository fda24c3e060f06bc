import { EVERY_IPV4, overlaps, type Range, type Ranges } from './address';
import type { Group, Interface, Placement, Rule, Segment } from './model';
import { describePackets, intersect, type Packets } from './packets';
import { passesLists } from './passes-lists';
import type { Network } from './network';
import type { Hop } from './report';
import { and, or, type Truth, Unknown } from './value';
import { changeOf, listPrivate } from './ways-out';

/** A path inside the network: out by one rule, in by another. */
export interface Reach {
  readonly truth: Truth;
  readonly path: readonly Hop[];
  readonly change: string;
}

/**
 * The ways from a placement to something with an address in its network; none when no pair of rules lets a packet through.
 * @param joined whether packets by address get there. @default - whether both are in one network
 */
export function reaches(
  placement: Placement,
  to: Interface,
  network: Network,
  joined = sameNetwork(placement.segments, to.networks, network),
): readonly Reach[] {
  const from = rangesOf(placement.segments, [], network);
  const there = rangesOf(to.segments, to.networks, network);
  const ways = placement.groups.flatMap((group) =>
    group.egress.flatMap((out): Reach[] => {
      // A group of another network can only be named where the two are joined; addresses there are judged by their routes.
      const matched = and(matches(out, to.groups, there), out.peer.kind === 'group' ? true : joined);
      if (matched === false) return [];
      return admissions(to, placement.groups, from, out).map(({ hop, truth, change, packets }) => ({
        truth: and(out.exists, matched, truth, passesLists(placement.segments, to.segments, packets)),
        path: [
          { id: placement.id, by: placement.by },
          { id: out.id, by: `${out.by} (${text(out)})` },
          hop,
          ...(hop.id === to.id ? [] : [{ id: to.id, by: to.what }]),
        ],
        change: `${changeOf(out)}${change}`,
      }));
    }),
  );
  return ways.filter(({ truth }) => truth !== false);
}

/**
 * The ways in to something for packets that other networks hand on, from the addresses of some subnets.
 * @param groups those of whoever sent them
 */
export function arrivals(
  sets: readonly Packets[],
  { from, groups }: { readonly from: readonly Segment[]; readonly groups: readonly Group[] },
  to: Interface,
  network: Network,
): readonly Reach[] {
  const there = rangesOf(to.segments, to.networks, network);
  const sources = rangesOf(from, [], network);
  const ways = sets.flatMap((set) => {
    const met = meets(set.addresses, there);
    return met === false
      ? []
      : admissions(to, groups, sources, set).map(({ hop, truth, change, packets }) => ({
          truth: and(met, truth, passesLists(from, to.segments, packets)),
          path: [hop, ...(hop.id === to.id ? [] : [{ id: to.id, by: to.what }])],
          change,
        }));
  });
  return ways.filter(({ truth }) => truth !== false);
}

/** Whether something stands in a network of these subnets; where neither says its network, it is taken to. */
function sameNetwork(segments: readonly Segment[], networks: readonly string[], network: Network): Truth {
  if (segments.length === 0 || networks.length === 0) return true;
  if (segments.some((segment) => networks.includes(segment.network))) return true;
  const strange = [...segments.map((segment) => segment.network), ...networks].find((one) => !network.holds(one));
  return strange !== undefined && Unknown.of(`network(${strange})`, `${strange} is none of the templates’ networks`);
}

/** The addresses of some subnets; of a subnet that doesn't say all of its own, and where there is none, its network's. */
function rangesOf(segments: readonly Segment[], networks: readonly string[], network: Network): Ranges {
  const wider = segments.length === 0 ? networks : segments.flatMap((one) => (one.ranges.unknown ? [one.network] : []));
  const all = [...segments.map(({ ranges }) => ranges), ...[...new Set(wider)].map((one) => network.rangesOf(one))];
  const own = segments.map(({ ranges }) => ranges);
  const unknown = all.slice(own.length).find((one) => one.unknown)?.unknown;
  return { known: all.flatMap(({ known }) => known), ...(unknown ? { unknown } : {}) };
}

/** The rules by which something admits what a rule lets out. */
function admissions(
  to: Interface,
  groups: readonly Group[],
  from: Ranges,
  out: Services,
): { hop: Hop; truth: Truth; change: string; packets: Services }[] {
  if (to.groups.length === 0)
    return [{ hop: { id: to.id, by: 'no security group' }, truth: true, change: '', packets: out }];
  return to.groups.flatMap((group) =>
    group.ingress.flatMap((rule) => {
      const matched = matches(rule, groups, from);
      const packets = shared(out, rule);
      if (matched === false || !packets) return [];
      const hop = { id: rule.id, by: `${rule.by} (${text(rule)})` };
      return [{ hop, truth: and(rule.exists, matched), change: `, or ${rule.id} ${rule.by}`, packets }];
    }),
  );
}

/** The rules of a placement that name a group of something, and where that is. */
export function namingRules({ groups }: Placement, to: Interface, network: Network): readonly [Rule, Ranges][] {
  const there = rangesOf(to.segments, to.networks, network);
  return groups.flatMap(({ egress }) =>
    egress.flatMap((rule): [Rule, Ranges][] => {
      const named = rule.peer.kind === 'group' ? matches(rule, to.groups, there) : false;
      return named === false ? [] : [[{ ...rule, exists: and(rule.exists, named) }, there]];
    }),
  );
}

/** Whether the other side of a rule is one of these groups or ranges. */
function matches(rule: Rule, groups: readonly Group[], ranges: Ranges): Truth {
  const { peer } = rule;
  switch (peer.kind) {
    case 'group':
      return or(peer.unknown ?? false, ...groups.map(({ key, unknown }) => key === peer.id || (unknown ?? false)));
    case 'range':
      return meets(peer.range, ranges);
    case 'prefix-list':
      return listPrivate(peer.shown);
    case 'unknown':
      return peer.unknown;
  }
}

function meets(range: Range, { known, unknown }: Ranges): Truth {
  if (known.some((one) => overlaps(one, range))) return true;
  // A side whose addresses aren't known at all is taken to be in the range.
  return known.length === 0 ? true : (unknown ?? false);
}

type Services = Pick<Packets, 'protocols' | 'ports'>;

/** What two rules both let through. */
function shared(one: Services, other: Services): Services | undefined {
  const met = intersect({ ...one, addresses: EVERY_IPV4 }, { ...other, addresses: EVERY_IPV4 });
  return met && { protocols: met.protocols, ports: met.ports };
}

function text(rule: Rule): string {
  const packets: Packets = { ...rule, addresses: { family: 4, first: 0n, last: 0n } };
  return describePackets(packets);
}
