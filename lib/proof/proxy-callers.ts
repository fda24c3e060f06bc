import { onlineWays } from './aws-front-doors';
import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate } from './claim';
import { isCloudService } from './claim-cloud-api';
import { property } from './evaluate';
import type { Interface } from './model';
import { placementDoubts } from './placement-doubts';
import { arnParts, several } from './policy-document';
import { reaches } from './reaches';
import { and, keyOf, not, or, Unknown, unknownIn, type Truth } from './value';
import { changeOf } from './ways-out';

/** Whoever may connect to a proxy and is no window of its agents. */
export function callers(model: AwsModel, workload: Workload): Candidate[] {
  const balancers = model.network.interfaces.filter(
    ({ id, kind }) => kind === 'balancer' && model.window.leadsToProxy(id) !== false,
  );
  return [
    ...admittedAddresses(workload),
    ...admittedGroups(model, workload),
    ...balancers.flatMap((one) => [...online(model, one), ...strangersBefore(model, one)]),
    ...attachers(model),
  ];
}

function online({ templates, window }: AwsModel, { id }: Interface): Candidate[] {
  const balancer = templates.find(id);
  const ways = balancer ? onlineWays(balancer, templates) : [];
  return ways.map((way) => ({ ...way, truth: and(window.leadsToProxy(id), way.truth) }));
}

/** What has an address, is neither agent nor proxy and no part of the window, yet may connect to the balancer. */
function strangersBefore(model: AwsModel, balancer: Interface): Candidate[] {
  const { network, window, agents, proxies } = model;
  const known = new Set([...agents, ...proxies].flatMap(({ launches }) => launches.map(({ id }) => id)));
  const strangers = network.interfaces.filter(
    ({ id, kind }) => ['other', 'workload'].includes(kind) && !known.has(id) && window.behind(id).what === 'other',
  );
  return strangers.flatMap(({ id, kind, what, segments, groups }) => {
    // A tool may have a proxy of its own.
    const strange = kind === 'other' ? true : servesAgents(model, balancer);
    return reaches({ id, by: what, segments, groups, publicAddress: false }, balancer, network)
      .map(({ truth, path, change }) => ({
        truth: and(window.leadsToProxy(balancer.id), strange, truth),
        path,
        reason: `${what} ${id} connects to the load balancer before it`,
        change,
      }))
      .filter(({ truth }) => truth !== false);
  });
}

/** Whether agents may reach what is behind a balancer, or have no proxy but that: then it is no tool's own. */
function servesAgents(model: AwsModel, balancer: Interface): Truth {
  const doors = model.network.interfaces
    .filter(({ kind }) => kind === 'balancer' || kind === 'endpoint')
    .map((door) => ({ reached: reachedByAgents(model, door), shared: shares(model, door, balancer), door }))
    .filter(({ reached }) => reached !== false);
  const others = doors.map(({ reached, shared, door }) =>
    and(reached, not(shared), model.window.behind(door.id).what === 'proxy'),
  );
  return or(
    ...doors.map(({ reached, shared }) => and(reached, shared)),
    ...model.agents.flatMap((agent) => placementDoubts(agent, 'it').map(({ truth }) => truth)),
    not(or(...others)),
  );
}

/** Whichever network it is in: another may be joined to theirs. */
function reachedByAgents({ agents, network }: AwsModel, door: Interface): Truth {
  const placements = agents.flatMap((agent) => agent.placements);
  return or(...placements.flatMap((one) => reaches(one, door, network, true).map(({ truth }) => truth)));
}

/** Whether something is behind both, or may be. */
function shares(model: AwsModel, door: Interface, balancer: Interface): Truth {
  const [one, other] = [model.window.behind(door.id), model.window.behind(balancer.id)];
  const own = new Set([balancer.id, ...other.hops]);
  if ([door.id, ...one.hops].some((hop) => own.has(hop))) return true;
  // No proxy stands behind an endpoint of the cloud itself.
  if (door.kind === 'endpoint' && isCloudService(model, door.id) === true) return false;
  const unsure = [one, other].some((found) => found.what === 'unknown' || found.unsure === true);
  return unsure && Unknown.of(`behind(${door.id})`, `behind ${door.id} stands nothing that ${balancer.id} leads to`);
}

/** Rules of its groups that admit addresses rather than a group. */
export function admittedAddresses({ placements }: Workload): Candidate[] {
  return placements.flatMap(({ id, by, groups }) =>
    groups.flatMap(({ ingress }) =>
      ingress
        .filter(({ peer }) => peer.kind !== 'group')
        .map((rule): Candidate => ({
          truth: and(rule.exists, rule.peer.kind === 'unknown' ? rule.peer.unknown : true),
          path: [
            { id: rule.id, by: rule.by },
            { id, by },
          ],
          reason: 'its group admits addresses, not the window’s group',
          change: changeOf(rule),
        })),
    ),
  );
}

/** Rules of its groups that admit a group of something that is neither agent nor window, or a group that isn't known. */
function admittedGroups(model: AwsModel, { placements }: Workload): Candidate[] {
  const ours = new Set(model.agents.flatMap(({ launches }) => launches.map(({ id }) => id)));
  const strangers = model.network.interfaces.filter(
    ({ id, kind }) => kind !== 'balancer' && !ours.has(id) && model.window.behind(id).what === 'other',
  );
  return placements.flatMap(({ id, by, groups }) =>
    groups.flatMap(({ ingress }) =>
      ingress.flatMap((rule): Candidate[] => {
        const { peer } = rule;
        if (peer.kind !== 'group') return [];
        const stranger = strangers.find((one) => one.groups.some(({ key }) => key === peer.id));
        const doubts = strangers.flatMap((one) => one.groups.flatMap(({ unknown }) => unknown ?? []));
        const truth = stranger ? true : or(peer.unknown ?? false, ...doubts);
        if (truth === false) return [];
        const reason = stranger
          ? `its group admits ${stranger.what} ${stranger.id}, which is no window`
          : 'who holds the group that its group admits isn’t known';
        const path = [
          { id: rule.id, by: rule.by },
          { id, by },
        ];
        return [{ truth: and(rule.exists, truth), path, reason, change: changeOf(rule) }];
      }),
    ),
  );
}

function isAnybody(principal: string): boolean {
  return principal === '*' || arnParts(principal)[4]?.includes('*') === true;
}

/** Who may attach an endpoint to a service offered here. */
export function attachers({ templates }: AwsModel): Candidate[] {
  return templates.ofType('AWS::EC2::VPCEndpointServicePermissions').flatMap(({ id, properties }) =>
    several(property(properties, 'AllowedPrincipals'))
      .filter((principal) => unknownIn(principal) ?? isAnybody(keyOf(principal) ?? '*'))
      .map((principal): Candidate => ({
        truth: unknownIn(principal) ?? true,
        path: [{ id, by: 'AllowedPrincipals' }],
        reason: 'any account may attach an endpoint to it',
        change: `name accounts in AllowedPrincipals of ${id}`,
      })),
  );
}
