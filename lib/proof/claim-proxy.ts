import { EVERY_IPV4 } from './address';
import { onlineWays } from './aws-front-doors';
import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { isCloudService } from './claim-cloud-api';
import { execWays } from './claim-inbound';
import { property } from './evaluate';
import type { Interface, Rule } from './model';
import { beyondNeed, isNeeded, type Need, needsOf } from './needs';
import type { Packets } from './packets';
import { placementDoubts } from './placement-doubts';
import { actionsText, resourcesText, several, type Statement } from './policy-document';
import { reaches } from './reaches';
import { and, not, or, shown, type Truth, Unknown, unknownIn } from './value';
import { changeOf, isNowhere, waysOut } from './ways-out';

/** The proxy reaches what its policy needs and no more, and answers only its window. */
export const proxyClaim: Claim = {
  id: 'proxy',
  says: 'The proxy dials only ports its policy names, reaches no agent, may do only what is named, and answers only its window.',
  attack:
    'A flaw of the proxy’s own is worth what the proxy may reach and do; and whoever else can reach it uses its credentials.',
  of: ['proxy'],
  prove: (model, workload, options) => [
    {
      destination: 'ports that no upstream needs',
      candidates: otherPorts(workload, needsOf(options)),
      closed: 'its groups let out TCP to the policy’s ports alone',
    },
    {
      destination: 'agents and other networks',
      candidates: [...placementDoubts(workload, 'agents'), ...inwards(model, workload)],
      closed: 'no route and no rule leads there',
    },
    {
      destination: 'more of the cloud than is named',
      candidates: wideRole(model, workload),
      closed: 'its role names each action and resource',
    },
    {
      destination: 'callers from elsewhere',
      candidates: [...callers(model, workload), ...execWays(workload)],
      closed: 'only groups of its window may connect, nobody outside the account may attach, no session may be opened',
    },
  ],
};

function otherPorts({ placements }: Workload, needs: readonly Need[]): Candidate[] {
  return placements.flatMap(({ id, by, groups }) =>
    groups.flatMap(({ egress }) =>
      egress.flatMap((rule): Candidate[] => {
        const packets = packetsOf(rule);
        if (!packets || isNeeded(packets, needs)) return [];
        return [
          {
            truth: and(rule.exists, rule.peer.kind === 'unknown' ? rule.peer.unknown : true),
            path: [
              { id, by },
              { id: rule.id, by: rule.by },
            ],
            reason: `its group lets out ${beyondNeed(packets, needs)}`,
            change: changeOf(rule),
          },
        ];
      }),
    ),
  );
}

/** What a rule lets out by address; undefined where it names groups or lists, or leads nowhere. */
function packetsOf(rule: Rule): Packets | undefined {
  const { peer } = rule;
  if (peer.kind === 'unknown') return { ...rule, addresses: EVERY_IPV4 };
  return peer.kind === 'range' && !isNowhere(peer.range) ? { ...rule, addresses: peer.range } : undefined;
}

function inwards(model: AwsModel, workload: Workload): Candidate[] {
  return workload.placements.flatMap((placement): Candidate[] => {
    const beyond = waysOut(placement, model.network).filter(
      ({ destination, endpoint }) => endpoint === undefined && !destination.startsWith('the internet'),
    );
    const agents = model.network.interfaces.filter(({ id }) =>
      model.agents.some(({ launches }) => launches.some((launch) => launch.id === id)),
    );
    return [
      ...model.agents.flatMap((agent) => placementDoubts(agent, 'it')),
      ...beyond.map(({ truth, path, change, destination }) => ({
        truth,
        path,
        change,
        reason: `it reaches ${destination}`,
      })),
      ...agents.flatMap((agent) =>
        reaches(placement, agent, model.network).map((way) => ({ ...way, reason: `it reaches the ${agent.what}` })),
      ),
    ];
  });
}

/** What a workload's role may do beyond named actions on named resources. */
export function wideRole({ templates, roles }: AwsModel, { id, definition }: Workload): Candidate[] {
  const value = property(definition.properties, 'TaskRoleArn');
  if (value === undefined) return [];
  const role = templates.referred(value);
  if (role?.type !== 'AWS::IAM::Role') {
    const truth =
      unknownIn(value) ??
      Unknown.of(`role(${shown(value)})`, `the role ${shown(value)} may do only what the proxy needs`);
    return [{ truth, path: [{ id, by: 'TaskRoleArn' }], reason: 'its role isn’t in the templates', change: '' }];
  }
  const { granted, unknown } = roles.grantsOf(role);
  return [
    ...granted
      .map((one) => ({ ...one, truth: and(one.truth, isWide(one.statement)) }))
      .filter(({ truth }) => truth !== false)
      .map(({ source, statement, truth }): Candidate => ({
        truth,
        path: [
          { id, by: 'TaskRoleArn' },
          { id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` },
        ],
        reason: `its role may ${actionsText(statement)} on ${resourcesText(statement)}`,
        change: `name the actions and resources of ${source} ${statement.by}`,
      })),
    ...unknown.map((truth): Candidate => ({
      truth,
      path: [{ id: role.id, by: 'a policy that isn’t in the templates' }],
      reason: 'what its role may do isn’t known',
      change: '',
    })),
  ];
}

function isWide({ actions, notActions, resources, notResources }: Statement): Truth {
  const everything = actions.some((action) => /^(?:\*|[a-z0-9-]+:\*)$/.test(action));
  return or(
    notActions || notResources || everything || resources.includes('*'),
    ...resources.map((one) => unknownIn(one) ?? false),
  );
}

function callers(model: AwsModel, workload: Workload): Candidate[] {
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

/** Who may attach an endpoint to a service offered here. */
export function attachers({ templates }: AwsModel): Candidate[] {
  return templates.ofType('AWS::EC2::VPCEndpointServicePermissions').flatMap(({ id, properties }) =>
    several(property(properties, 'AllowedPrincipals'))
      .filter((principal) => principal === '*' || unknownIn(principal))
      .map((principal): Candidate => ({
        truth: unknownIn(principal) ?? true,
        path: [{ id, by: 'AllowedPrincipals' }],
        reason: 'any account may attach an endpoint to it',
        change: `name accounts in AllowedPrincipals of ${id}`,
      })),
  );
}
