import { EVERY_IPV4 } from './address';
import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { execWays } from './claim-inbound';
import { property } from './evaluate';
import type { Rule } from './model';
import { beyondNeed, isNeeded, type Need, needsOf } from './needs';
import type { Packets } from './packets';
import { placementDoubts } from './placement-doubts';
import { actionsText, resourcesText, type Statement } from './policy-document';
import { callers } from './proxy-callers';
import { reaches } from './reaches';
import { and, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';
import { isNowhere } from './unrouted';
import { changeOf, waysOut } from './ways-out';

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
      closed:
        'only groups of its window may connect, only accounts that are named may attach, no session may be opened',
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
export function wideRole(model: AwsModel, { id, definition, launches }: Workload): Candidate[] {
  const overridden = launches.flatMap((launch) => property(launch.overrides, 'TaskRoleArn') ?? []);
  return [property(definition.properties, 'TaskRoleArn') ?? [], overridden]
    .flat()
    .flatMap((value) => wideGrants(model, id, value));
}

function wideGrants({ templates, roles }: AwsModel, id: string, value: Value): Candidate[] {
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
