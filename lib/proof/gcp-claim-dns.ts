import { gcpPlacementDoubts, type GcpClaim, straightWays } from './gcp-claim';
import { gcpDnsWays } from './gcp-dns';

/** No name carries anything out. */
export const gcpDnsClaim: GcpClaim = {
  id: 'dns',
  of: 'agent',
  prove: (model, workload) => {
    const destination = 'name servers of an attacker';
    const ways = workload.attachments.flatMap(({ id, by, network }) =>
      gcpDnsWays(network, model).map((way) => ({ ...way, path: [{ id, by }, ...way.path] })),
    );
    return [
      {
        destination,
        candidates: [
          ...gcpPlacementDoubts(workload, destination),
          ...straightWays(workload, 'names are asked of the platform’s own resolver'),
          ...ways,
        ],
        closed: 'a response policy of its network answers every name that it doesn’t list with nothing',
      },
    ];
  },
};
