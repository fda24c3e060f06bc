import { gcpPlacementDoubts, type GcpClaim, straightWays } from './gcp-claim';
import { gcpDnsWays } from './gcp-dns';

/** No name carries anything out. */
export const gcpDnsClaim: GcpClaim = {
  id: 'dns',
  says: 'No name it can ask for reaches a server that an attacker chose.',
  attack:
    'Code of the agent asks the metadata server for <data>.zone-of-the-attacker; no firewall rule sees it, and it works in a network without any route out.',
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
