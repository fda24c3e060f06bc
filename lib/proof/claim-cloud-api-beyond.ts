import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate } from './claim';
import type { Interface, Placement } from './model';
import { type Reach, reaches } from './reaches';
import { and, Unknown } from './value';
import { ANYWHERE, waysOut, type WayOut } from './ways-out';

/*
 * Endpoints of the cloud stand elsewhere too: on the internet, in a network behind a peering, behind whatever a transit gateway
 * or a VPN is attached to. Who gets there needs no endpoint of its own network.
 */

/** Ways to endpoints that stand in no network of the workload's own, where none of the templates' policies is asked. */
export function endpointsBeyond(model: AwsModel, { placements }: Workload): Candidate[] {
  return placements.flatMap((placement) => leaving(model, placement).flatMap((way) => beyond(model, placement, way)));
}

/** Ways to an endpoint of a network that is peered with the workload's: its policy decides, as at home. */
export function waysToPeered(model: AwsModel, { placements }: Workload, to: Interface): readonly Reach[] {
  return placements.flatMap((placement) =>
    leaving(model, placement).flatMap((way) => {
      const peers = peersOf(placement, way);
      if (!to.networks.some((network) => peers.includes(network))) return [];
      return reaches(placement, to, model.network, true).map((reach) => ({
        truth: and(way.truth, reach.truth),
        path: [...way.path, ...reach.path.slice(2)],
        change: way.change,
      }));
    }),
  );
}

/** The cloud’s endpoints speak TCP. */
function leaving(model: AwsModel, placement: Placement): WayOut[] {
  return waysOut(placement, model.network).filter(
    ({ endpoint, destination, packets }) =>
      endpoint === undefined &&
      destination !== ANYWHERE &&
      packets.some(({ protocols }) => protocols.first <= 6 && 6 <= protocols.last),
  );
}

function peersOf({ segments }: Placement, { peers }: WayOut): readonly string[] {
  return (peers ?? []).filter((peer) => !segments.some(({ network }) => network === peer));
}

function beyond({ templates }: AwsModel, placement: Placement, way: WayOut): Candidate[] {
  const { destination, truth, path, change } = way;
  if (destination.startsWith('the internet')) {
    const reason = `the cloud’s public endpoints are on ${destination}, and take any key`;
    return [{ truth, path, change, reason }];
  }
  // A network of the templates has the endpoints that they show.
  if (way.peers && peersOf(placement, way).every((peer) => templates.find(peer)?.type === 'AWS::EC2::VPC')) return [];
  const doubt = Unknown.of(`endpoints(${destination})`, `${destination} has no endpoint of the cloud that admits it`);
  return [{ truth: and(truth, doubt), path, change: '', reason: `endpoints of ${destination} aren’t known` }];
}
