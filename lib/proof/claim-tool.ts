import { onlineWays } from './aws-front-doors';
import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { execWays } from './claim-inbound';
import { wideRole } from './claim-proxy';
import type { Interface } from './model';
import { placementDoubts } from './placement-doubts';
import { admittedAddresses, attachers } from './proxy-callers';
import { reaches } from './reaches';
import { and } from './value';

/** A tool's credential is of use to its proxy's callers only, by the calls that the policy allows. */
export const toolClaim: Claim = {
  id: 'tool',
  says: 'A tool may do only what is named, and only the proxy calls it.',
  attack:
    'Code of the agent calls the tool past the proxy, without rule or record; or a flaw of the tool is worth whatever its role may do.',
  of: ['tool'],
  prove: (model, workload) => [
    {
      destination: 'callers but the proxy',
      candidates: [
        ...placementDoubts(workload, 'its callers'),
        ...admittedAddresses(workload),
        ...published(model, workload),
        ...insiders(model, workload),
        ...attachers(model),
        ...execWays(workload),
      ],
      closed: 'its group admits its balancer alone, which stands on no public address, and no session may be opened',
    },
    {
      destination: 'more of the cloud than is named',
      candidates: wideRole(model, workload),
      closed: 'its role names each action and resource',
    },
  ],
};

/** What has an address, is neither its proxy nor itself, and connects to it or to a balancer before it. */
function insiders({ network, proxies, window }: AwsModel, workload: Workload): Candidate[] {
  const launched = (some: readonly Workload[]) => new Set(some.flatMap(({ launches }) => launches.map(({ id }) => id)));
  const [its, known] = [launched([workload]), launched([workload, ...proxies])];
  const own = network.interfaces.filter(({ id }) => its.has(id));
  const before = network.interfaces
    .filter(({ kind }) => kind === 'balancer')
    .filter((one) => own.some((tool) => reaches(caller(one), tool, network).length > 0));
  return network.interfaces
    .filter(({ id, kind }) => ['workload', 'other'].includes(kind) && !known.has(id))
    .filter(({ id }) => window.behind(id).what === 'other')
    .flatMap((one) =>
      [...own, ...before].flatMap((to) =>
        reaches(caller(one), to, network).map((way) => ({
          ...way,
          reason: `${one.what} ${one.id} connects to it, past the proxy`,
        })),
      ),
    );
}

function caller({ id, what, segments, groups }: Interface): Parameters<typeof reaches>[0] {
  return { id, by: what, segments, groups, publicAddress: false };
}

/** Balancers on the internet that reach it. */
function published({ network, templates }: AwsModel, { launches }: Workload): Candidate[] {
  const own = network.interfaces.filter(({ id }) => launches.some((launch) => launch.id === id));
  return network.interfaces
    .filter(({ kind }) => kind === 'balancer')
    .flatMap(({ id, what, segments, groups }) => {
      const balancer = templates.find(id);
      const doors = balancer ? onlineWays(balancer, templates) : [];
      const from = { id, by: what, segments, groups, publicAddress: true };
      return doors.flatMap((door) =>
        own.flatMap((tool) =>
          reaches(from, tool, network).map((way) => ({
            truth: and(way.truth, door.truth),
            path: [...door.path, ...way.path],
            reason: 'a load balancer on the internet sends connections to it',
            change: door.change,
          })),
        ),
      );
    });
}
