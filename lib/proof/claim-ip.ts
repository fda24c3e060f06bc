import type { Candidate, Claim, Judged } from './claim';
import { placementDoubts } from './placement-doubts';
import { reaches } from './reaches';
import { ANYWHERE, waysOut } from './ways-out';

const INTERNET = ['the internet (IPv4)', 'the internet (IPv6)'];

/** No packet leaves the workload's network, whatever the protocol and family. */
export const ipClaim: Claim = {
  id: 'ip',
  says: 'By IP it reaches nothing outside its network; inside, the proxy.',
  attack: 'Code of the agent opens a socket of its own, past every proxy variable, and sends what it has read.',
  of: ['agent', 'tool'],
  prove: (model, workload) => {
    const found = new Map<string, Candidate[]>(INTERNET.map((destination) => [destination, []]));
    const add = (destination: string, candidate: Candidate) => {
      // What may lead anywhere may lead to the internet.
      const rows = destination === ANYWHERE ? INTERNET : [destination];
      for (const row of rows) found.set(row, [...(found.get(row) ?? []), candidate]);
    };
    for (const doubt of placementDoubts(workload, 'the internet')) add(ANYWHERE, doubt);
    for (const way of workload.machine?.internet ?? []) add(ANYWHERE, way);
    for (const placement of workload.placements) {
      for (const way of waysOut(placement, model.network)) {
        if (way.endpoint !== undefined) continue; // judged by what its policy lets through
        const reason = `packets reach ${way.destination} without passing the proxy`;
        add(way.destination, { truth: way.truth, path: way.path, change: way.change, reason });
      }
    }
    const closed = 'no rule of its groups and no route of its subnets leads there';
    const judged: Judged[] = [...found].map(([destination, candidates]) => ({ destination, candidates, closed }));
    return [...judged, ...windows(model, workload)];
  },
};

/** The way that is meant to be there: shown, so that a proof of nothing isn't taken for a proof. */
function windows(model: Parameters<Claim['prove']>[0], workload: Parameters<Claim['prove']>[1]): Judged[] {
  return model.network.interfaces.flatMap((to) => {
    const behind = model.window.behind(to.id);
    if (behind.what !== 'proxy') return [];
    const [way] = workload.placements.flatMap((placement) => reaches(placement, to, model.network));
    if (!way) return [];
    const intended = [...way.path, ...behind.hops.map((id) => ({ id, by: 'the proxy' }))];
    const closed = 'the way that is meant to be there: what passes is decided by the policy';
    return [{ destination: `the proxy, by ${to.id}`, candidates: [], closed, intended }];
  });
}
