import { dnsWays } from './aws-dns';
import type { Claim } from './claim';
import { placementDoubts } from './placement-doubts';

/** No name carries anything out. */
export const dnsClaim: Claim = {
  id: 'dns',
  says: 'No name it can ask for reaches a server that an attacker chose.',
  attack:
    'Code of the agent asks the resolver for <data>.zone-of-the-attacker; no security group sees it, and it works in a network without any route out.',
  of: ['agent', 'tool'],
  prove: (model, workload) => {
    const networks = new Set(workload.placements.flatMap(({ segments }) => segments.map(({ network }) => network)));
    const ways = [...networks].flatMap((network) => dnsWays(network, model.templates));
    const before = workload.placements.slice(0, 1).map(({ id, by }) => ({ id, by }));
    return [
      {
        destination: 'name servers of an attacker',
        candidates: [
          ...placementDoubts(workload, 'name servers of an attacker'),
          ...(workload.machine?.names ?? []),
          ...ways.map((way) => ({ ...way, path: [...before, ...way.path] })),
        ],
        closed: 'the resolver’s firewall allows exact names and blocks every other',
      },
    ];
  },
};
