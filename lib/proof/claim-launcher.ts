import type { AwsModel } from './aws-model';
import type { Launch } from './aws-launchers';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { placementDoubts } from './placement-doubts';
import { namesAction, type Statement } from './policy-document';
import type { Resource } from './templates';
import { otherTakers } from './role-takers';
import { touches } from './touches';
import { and, or, Reference, type Truth, type Value } from './value';

/** What starts a task elsewhere, or opens what holds it. None of them can be bound to a subnet or group by a condition. */
const STARTS = ['ecs:starttask', 'ecs:createservice', 'ecs:updateservice', 'ecs:createtaskset', 'ecs:executecommand'];
/** For each kind of agent: what starts it, which its launchers do, and what loosens it. */
const OF_KIND: ReadonlyMap<string, { readonly runs: readonly string[]; readonly loosens: readonly string[] }> = new Map(
  [
    ['AWS::ECS::TaskDefinition', { runs: ['ecs:runtask'], loosens: STARTS }],
    [
      'AWS::EC2::LaunchTemplate',
      {
        runs: ['ec2:runinstances'],
        loosens: [
          'ec2:createfleet',
          'ec2:requestspotinstances',
          'ec2:requestspotfleet',
          'ec2:createlaunchtemplateversion',
          'ec2:modifylaunchtemplate',
          'ec2:modifyinstancemetadataoptions',
          'ec2:modifyinstanceattribute',
          'ec2:associateiaminstanceprofile',
          'ec2:replaceiaminstanceprofileassociation',
          'ec2:attachnetworkinterface',
        ],
      },
    ],
    [
      'AWS::Lambda::MicrovmImage',
      {
        runs: ['lambda:runmicrovm', 'lambda:passnetworkconnector'],
        loosens: [
          'lambda:updatemicrovmimage',
          'lambda:updatemicrovmimageversion',
          'lambda:updatenetworkconnector',
          'lambda:createmicrovmauthtoken',
          'lambda:createmicrovmshellauthtoken',
        ],
      },
    ],
  ],
);
const REGISTERS = ['ecs:registertaskdefinition'];
const LOOSENS = [
  'ec2:authorizesecuritygroupegress',
  'ec2:authorizesecuritygroupingress',
  'ec2:createroute',
  'ec2:replaceroute',
  'ec2:modifyvpcendpoint',
  'ec2:createvpcendpoint',
  'ec2:createvpcpeeringconnection',
  'ec2:associateroutetable',
  'ec2:replaceroutetableassociation',
  'ec2:disassociateroutetable',
  'ec2:modifysecuritygrouprules',
  'ec2:createnetworkaclentry',
  'ec2:replacenetworkaclentry',
  'ec2:deletenetworkaclentry',
  'ec2:replacenetworkaclassociation',
  'ec2:modifynetworkinterfaceattribute',
  'ec2:modifymanagedprefixlist',
  'ec2:associatedhcpoptions',
  'ec2:enablevgwroutepropagation',
  'ec2:acceptvpcpeeringconnection',
  'ec2:modifyvpcendpointserviceconfiguration',
  'ec2:modifyvpcendpointservicepermissions',
  'vpc-lattice:createservicenetworkvpcassociation',
  'route53profiles:associateprofile',
  'route53resolver:disassociatefirewallrulegroup',
  'route53resolver:updatefirewallrule',
  'route53resolver:deletefirewallrule',
  'route53resolver:updatefirewalldomains',
  'route53resolver:importfirewalldomains',
  'route53resolver:createfirewallrule',
  'route53resolver:updatefirewallrulegroupassociation',
  'route53resolver:updatefirewallconfig',
  'route53resolver:associateresolverrule',
  'states:updatestatemachine',
  'iam:putrolepolicy',
  'iam:attachrolepolicy',
  'iam:attachuserpolicy',
  'iam:putuserpolicy',
  'iam:addusertogroup',
  'iam:createaccesskey',
  'iam:createpolicyversion',
  'iam:setdefaultpolicyversion',
  'iam:updateassumerolepolicy',
  'cloudformation:updatestack',
  'cloudformation:executechangeset',
  'events:puttargets',
  'scheduler:createschedule',
  'scheduler:updateschedule',
  'pipes:updatepipe',
  'elasticloadbalancing:registertargets',
  'elasticloadbalancing:modifylistener',
  'elasticloadbalancing:createrule',
  'elasticloadbalancing:modifyrule',
  'secretsmanager:putresourcepolicy',
  'secretsmanager:deleteresourcepolicy',
];

// What a caller's input may decide of a launch: the container's own words, and labels.
const HARMLESS_INPUT =
  /^(?:Overrides\.ContainerOverrides(?:[[.].*)?|Tags(?:[[.].*)?|Count|RunHookPayload|StartedBy|Group|ReferenceId|ClientToken|PropagateTags)$/;

/** Whoever may start the workload can't start it with less around it. */
export const launcherClaim: Claim = {
  id: 'launcher',
  says: 'Whoever may start it chooses neither its network, nor its role, nor its revision; nobody in the templates may change what holds it.',
  attack:
    'ecs:RunTask takes no condition on subnet, group, address or override: who holds it starts the same agent in a public subnet.',
  of: ['agent'],
  prove: (model, workload) => [
    {
      destination: 'launch fields that loosen it',
      candidates: [...placementDoubts(workload, 'a looser launch'), ...workload.launches.flatMap(fromInput)],
      closed: 'every launcher writes out network, role and revision',
    },
    {
      destination: 'identities that may loosen it',
      candidates: looseners(model, workload),
      closed: 'no identity of the templates may start it otherwise or change what holds it, but its launchers',
    },
  ],
};

function fromInput({ id, by, fromInput: fields }: Launch): Candidate[] {
  return fields
    .filter((field) => !HARMLESS_INPUT.test(field))
    .map((field) => ({
      truth: true,
      path: [{ id, by: `${by} ${field}` }],
      reason: `whoever starts it decides ${field}`,
      change: `write ${field} out in ${id}`,
    }));
}

function looseners(model: AwsModel, workload: Workload): Candidate[] {
  const ids = surroundings(workload);
  const launchers = new Set(workload.launches.flatMap((launch) => [...rolesOf(launch, model)]));
  return model.roles.principals().flatMap((role) => {
    const takers = launchers.has(role.id) ? otherTakers(role, model.templates, isReadLauncher) : [];
    // Its launcher alone runs it with its role.
    const runs = launchers.has(role.id) ? or(...takers.map(({ truth }) => truth)) : true;
    return loosenerWays(model, workload, role, ids, runs);
  });
}

/** What such a resource starts, and how, is read of itself. */
function isReadLauncher({ type }: Resource): boolean {
  return /^AWS::(?:StepFunctions::StateMachine|Events::Rule|Scheduler::Schedule|Pipes::Pipe|ECS::Service)$/.test(type);
}

function loosenerWays(
  { roles, templates }: AwsModel,
  workload: Workload,
  role: Resource,
  ids: ReadonlySet<string>,
  runs: Truth,
): Candidate[] {
  const { granted, unknown } = roles.grantsOf(role);
  const found = granted.flatMap(({ source, statement, truth: isThere }): Candidate[] => {
    const action = loosening(workload, statement, runs !== false);
    if (action === undefined) return [];
    const may = loosening(workload, statement, false) === undefined ? runs : true;
    const truth = and(isThere, may, touches(statement, ids, templates));
    if (truth === false) return [];
    const by = source === role.id ? statement.by : `${source} ${statement.by}`;
    return [
      {
        truth,
        path: [
          { id: role.id, by },
          { id: workload.id, by: action },
        ],
        reason: `${role.id} may ${action}, which no condition binds to this network`,
        change: `take ${action} from ${role.id}`,
      },
    ];
  });
  const doubt = {
    path: [{ id: role.id, by: 'a policy that isn’t in the templates' }],
    reason: 'what the role may do isn’t known',
    change: '',
  };
  return [...found, ...unknown.map((truth) => ({ truth, ...doubt }))];
}

function loosening({ definition, launches }: Workload, statement: Statement, asRunner: boolean): string | undefined {
  // By its family, a launcher starts whichever revision somebody made last.
  const startsNewest = launches.some(({ definition: named }) => named !== undefined && !isRevision(named));
  const { runs = [], loosens = [] } = OF_KIND.get(definition.type) ?? {};
  const watched = [...(asRunner ? runs : []), ...(startsNewest ? REGISTERS : []), ...loosens, ...LOOSENS];
  return watched.find((action) => namesAction(statement, action));
}

/** Whether a task is named as a template returns it: with its revision. */
function isRevision(named: Value): boolean {
  return named instanceof Reference && named.attribute !== 'family';
}

/** The roles a launcher acts with: they must be able to run the task, and only the launcher takes them. */
function rolesOf({ resource }: Launch, { templates }: AwsModel): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'RoleArn') {
        // Properties are evaluated values; `RoleArn` is one of them wherever it stands.
        const role = templates.referred(inner as Parameters<typeof templates.referred>[0]);
        if (role) found.add(role.id);
      } else visit(inner);
    }
  };
  visit(resource.properties);
  return found;
}

/** Everything around a workload that could be changed to let it out. */
function surroundings(workload: Workload): ReadonlySet<string> {
  const placed = workload.placements.flatMap(({ segments, groups }) => [
    ...segments.flatMap(({ id, network, tableId, routes }) => [
      id,
      network,
      tableId,
      ...routes.map((route) => route.targetId),
    ]),
    ...groups.map(({ key }) => key),
  ]);
  return new Set([
    workload.id,
    ...(workload.machine?.around ?? []),
    ...workload.launches.map(({ id }) => id),
    ...placed,
  ]);
}
