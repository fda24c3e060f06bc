import { overlaps, type Range } from './address';
import type { Group, Interface, Placement, Rule } from './model';
import { describePackets, type Packets } from './packets';
import type { Network } from './network';
import type { Hop } from './report';
import { and, or, type Truth } from './value';
import { changeOf } from './ways-out';

/** A path inside the network: out by one rule, in by another. */
export interface Reach {
  readonly truth: Truth;
  readonly path: readonly Hop[];
  readonly change: string;
}

/** The ways from a placement to something with an address in its network; none when no pair of rules lets a packet through. */
export function reaches(placement: Placement, to: Interface, network: Network): readonly Reach[] {
  const shared = placement.segments.filter((segment) => to.networks.includes(segment.network));
  const apart = shared.length === 0 && placement.segments.length > 0 && to.networks.length > 0;
  const from = placement.segments.flatMap(({ ranges, network: own }) =>
    ranges.length > 0 ? ranges : network.rangesOf(own),
  );
  const toRanges = to.segments.flatMap(({ ranges }) => ranges);
  const there = toRanges.length > 0 ? toRanges : to.networks.flatMap((own) => network.rangesOf(own));
  return placement.groups.flatMap((group) =>
    group.egress.flatMap((out): Reach[] => {
      // A group of another network can only be named where the two are joined; addresses there are judged by their routes.
      if (apart && out.peer.kind !== 'group') return [];
      const matched = matches(out, to.groups, there);
      if (matched === false) return [];
      return admissions(to, placement.groups, from, out).map(({ hop, truth, change }) => ({
        truth: and(out.exists, matched, truth),
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
}

/** The rules by which something admits what a rule lets out. */
function admissions(
  to: Interface,
  groups: readonly Group[],
  from: readonly Range[],
  out: Rule,
): { hop: Hop; truth: Truth; change: string }[] {
  if (to.groups.length === 0) return [{ hop: { id: to.id, by: 'no security group' }, truth: true, change: '' }];
  return to.groups.flatMap((group) => {
    const listed = group.ingress.flatMap((rule) => {
      const matched = matches(rule, groups, from);
      if (matched === false || !samePackets(out, rule)) return [];
      const hop = { id: rule.id, by: `${rule.by} (${text(rule)})` };
      return [{ hop, truth: and(rule.exists, matched), change: `, or ${rule.id} ${rule.by}` }];
    });
    const unknown = group.unknown;
    return unknown
      ? [...listed, { hop: { id: group.id, by: 'rules not in the templates' }, truth: unknown, change: '' }]
      : listed;
  });
}

/** Whether the other side of a rule is one of these groups or ranges. */
function matches(rule: Rule, groups: readonly Group[], ranges: readonly Range[]): Truth {
  const { peer } = rule;
  switch (peer.kind) {
    case 'group':
      return or(...groups.map(({ key }) => key === peer.id));
    case 'range':
      // A side whose addresses aren't known is taken to be in the range.
      return ranges.length === 0 || ranges.some((range) => overlaps(range, peer.range));
    case 'prefix-list':
      return false;
    case 'unknown':
      return peer.unknown;
  }
}

function samePackets(one: Rule, other: Rule): boolean {
  const meet = (a: { first: number; last: number }, b: { first: number; last: number }) =>
    a.first <= b.last && b.first <= a.last;
  return meet(one.protocols, other.protocols) && meet(one.ports, other.ports);
}

function text(rule: Rule): string {
  const packets: Packets = { ...rule, addresses: { family: 4, first: 0n, last: 0n } };
  return describePackets(packets);
}
