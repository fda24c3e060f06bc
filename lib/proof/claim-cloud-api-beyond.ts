import { EVERY_IPV4, EVERY_IPV6 } from './address';
import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate } from './claim';
import type { Interface, Placement } from './model';
import { arrivals, namingRules, type Reach } from './reaches';
import { and, Unknown } from './value';
import { ANYWHERE, waysOut, type WayOut, waysToGroup } from './ways-out';

/*
 * Endpoints of the cloud stand elsewhere too: on the internet, in a network behind a peering, behind whatever a transit gateway
 * or a VPN is attached to. Who gets there needs no endpoint of its own network.
 */

/** Ways to endpoints that stand in no network of the workload's own, where none of the templates' policies is asked. */
export function endpointsBeyond(model: AwsModel, { placements }: Workload): Candidate[] {
  const endpoints = model.network.interfaces.filter(({ kind }) => kind === 'endpoint');
  return placements.flatMap((placement) =>
    [...leaving(model, placement), ...endpoints.flatMap((to) => toGroups(model, placement, to))].flatMap((way) =>
      beyond(model, placement, way),
    ),
  );
}

/** Ways to an endpoint of a network that is peered with the workload's: its policy decides, as at home. */
export function waysToPeered(model: AwsModel, { placements }: Workload, to: Interface): readonly Reach[] {
  return placements.flatMap((placement) =>
    [...leaving(model, placement), ...toGroups(model, placement, to)].flatMap((way) => {
      const peers = peersOf(placement, way);
      if (!to.networks.some((network) => peers.includes(network))) return [];
      // Whom NAT has given another address is admitted by that one.
      const from = way.source ? [way.source] : placement.segments;
      return arrivals(way.packets, { from, groups: placement.groups }, to, model.network).map((reach) => ({
        truth: and(way.truth, reach.truth),
        path: [...way.path, ...reach.path],
        change: `${way.change}${reach.change}`,
      }));
    }),
  );
}

function leaving(model: AwsModel, placement: Placement): WayOut[] {
  return waysOut(placement, model.network).filter(mayCarry);
}

/** What a rule lets go to a group of another network takes the routes to its members, and NAT if that is on the way. */
function toGroups({ network }: AwsModel, placement: Placement, to: Interface): WayOut[] {
  if (placement.segments.some((segment) => to.networks.includes(segment.network))) return [];
  return namingRules(placement, to, network)
    .flatMap(([rule, { known, unknown }]) =>
      waysToGroup(placement, rule, unknown || known.length === 0 ? [EVERY_IPV4, EVERY_IPV6] : known, network),
    )
    .filter((way) => mayCarry(way) && !isInternet(way));
}

const isInternet = ({ destination }: WayOut): boolean => destination.startsWith('the internet');

/** The cloud’s endpoints speak TCP. */
function mayCarry({ endpoint, destination, packets }: WayOut): boolean {
  return (
    endpoint === undefined &&
    destination !== ANYWHERE &&
    packets.some(({ protocols }) => protocols.first <= 6 && 6 <= protocols.last)
  );
}

function peersOf({ segments }: Placement, { peers }: WayOut): readonly string[] {
  return (peers ?? []).filter((peer) => !segments.some(({ network }) => network === peer));
}

function beyond({ templates }: AwsModel, placement: Placement, way: WayOut): Candidate[] {
  const { destination, truth, path, change } = way;
  if (isInternet(way)) {
    const reason = `the cloud’s public endpoints are on ${destination}, and take any key`;
    return [{ truth, path, change, reason }];
  }
  // A network of the templates has the endpoints that they show.
  if (way.peers && peersOf(placement, way).every((peer) => templates.find(peer)?.type === 'AWS::EC2::VPC')) return [];
  const doubt = Unknown.of(`endpoints(${destination})`, `${destination} has no endpoint of the cloud that admits it`);
  return [{ truth: and(truth, doubt), path, change: '', reason: `endpoints of ${destination} aren’t known` }];
}
