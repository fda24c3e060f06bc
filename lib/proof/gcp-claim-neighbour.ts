import type { Candidate, Judged } from './claim';
import { gcpPlacementDoubts, type GcpClaim } from './gcp-claim';
import type { GcpModel } from './gcp-model';
import { neighboursOf } from './gcp-neighbours';
import type { GcpWorkload } from './gcp-workloads';
import { blocks, setting } from './terraform-blocks';
import { and, Unknown, type Value } from './value';

/** The workload reaches nothing of its network but the proxy. */
export const gcpNeighbourClaim: GcpClaim = {
  id: 'neighbour',
  says: 'It reaches no other workload, database or agent of its network.',
  attack:
    'An agent hands what it has read to another with a way out, or takes it from a service that trusts the network’s range.',
  of: 'agent',
  prove: (model, workload) => {
    const found = neighboursOf(model, workload).filter(({ what }) => what === 'other' || what === 'unknown');
    const judged = found.map(({ id, what, shown, ways }): Judged => {
      const foreign = Unknown.of(`behind(${id})`, `behind ${id} stands the proxy, or nothing that passes data on`);
      const candidates = ways.map((way) => ({
        ...way,
        truth: and(way.truth, what === 'unknown' ? foreign : true),
        reason: `it reaches ${shown}`,
      }));
      return { destination: `${shown} (${id})`, candidates, closed: '' };
    });
    return [
      ...judged,
      ...mounts(workload),
      {
        destination: 'anything else in its network',
        candidates: [
          ...gcpPlacementDoubts(workload, 'others'),
          ...unseen(workload),
          ...severalProxies(model, workload),
        ],
        closed: 'no rule of its network lets it reach anything but the window',
      },
    ];
  },
};

/** File systems, buckets and databases that the platform puts into it. */
function mounts({ id, template }: GcpWorkload): Judged[] {
  const volumes = template instanceof Unknown ? [] : blocks(setting(template, 'volumes'));
  return volumes.flatMap((volume, index): Judged[] => {
    const kind =
      volume instanceof Unknown
        ? undefined
        : ['gcs', 'nfs', 'cloud_sql_instance', 'csi'].find((key) => blocks(setting(volume, key)).length > 0);
    if (kind === undefined && !(volume instanceof Unknown)) return [];
    const truth =
      kind === 'cloud_sql_instance'
        ? true
        : volume instanceof Unknown
          ? volume
          : Unknown.of(`volume(${id})`, `the ${kind ?? 'volume'} volume of ${id} is shared with nothing else`);
    const reason =
      kind === 'cloud_sql_instance' ? 'the platform connects it to a database' : 'a volume may be shared with others';
    return [
      {
        destination: `volumes[${index}]`,
        candidates: [
          {
            truth,
            path: [{ id, by: `volumes[${index}].${kind ?? 'unknown'}` }],
            reason,
            change: `remove volumes[${index}] from ${id}`,
          },
        ],
        closed: 'shared with nothing else',
      },
    ];
  });
}

/** A network that the documents don't hold has members nobody knows. */
function unseen({ attachments }: GcpWorkload): Candidate[] {
  return attachments.flatMap((attachment): Candidate[] => {
    const { network } = attachment;
    if (network.kind === 'resource') return [];
    const truth =
      network.kind === 'unknown'
        ? network.unknown
        : Unknown.of(`members(${network.id})`, `nothing in ${network.id} but the proxy admits it`);
    return [
      {
        truth,
        path: [
          { id: attachment.id, by: attachment.by },
          { id: network.id, by: 'a network the documents don’t hold' },
        ],
        reason: 'members of a network that isn’t in the documents aren’t known',
        change: '',
      },
    ];
  });
}

/** The proxy of another agent has another policy, and other credentials. */
function severalProxies(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const reached = neighboursOf(model, workload).filter(({ what }) => what === 'proxy');
  const proxies = new Set<Value>(reached.flatMap((one) => one.proxies));
  if (proxies.size < 2) return [];
  const named = [...proxies].join(' and ');
  const truth = Unknown.of(`proxies(${workload.id})`, `${workload.id} is meant to use each of ${named}`);
  return reached
    .flatMap(({ ways }) => ways.slice(0, 1))
    .map(({ path, truth: reaches }) => ({
      truth: and(reaches, truth),
      path,
      reason: `it reaches more than one proxy: ${named}`,
      change: '',
    }));
}
