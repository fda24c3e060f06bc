import type { AwsModel } from './aws-model';
import { Roles } from './aws-roles';
import { readStates } from './aws-states';
import type { Launch } from './aws-launchers';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { property } from './evaluate';
import { placementDoubts } from './placement-doubts';
import { namesAction, type Statement } from './policy-document';
import { touches } from './touches';
import { keyOf, Unknown, unknownIn } from './value';

/** What starts a task elsewhere, or opens what holds it. None of them can be bound to a subnet or group by a condition. */
const STARTS = [
  'ecs:runtask',
  'ecs:starttask',
  'ecs:createservice',
  'ecs:updateservice',
  'ecs:createtaskset',
  'ecs:executecommand',
];
const LOOSENS = [
  'ec2:authorizesecuritygroupegress',
  'ec2:authorizesecuritygroupingress',
  'ec2:createroute',
  'ec2:replaceroute',
  'ec2:modifyvpcendpoint',
  'ec2:createvpcendpoint',
  'ec2:createvpcpeeringconnection',
  'ec2:associateroutetable',
  'ec2:modifynetworkinterfaceattribute',
  'route53resolver:disassociatefirewallrulegroup',
  'route53resolver:updatefirewallrule',
  'route53resolver:deletefirewallrule',
  'route53resolver:updatefirewalldomains',
  'states:updatestatemachine',
  'iam:putrolepolicy',
  'iam:attachrolepolicy',
  'secretsmanager:putresourcepolicy',
  'secretsmanager:deleteresourcepolicy',
];

// What a caller's input may decide of a launch: the container's own words, and labels.
const HARMLESS_INPUT =
  /^(?:Overrides\.ContainerOverrides(?:[[.].*)?|Tags(?:[[.].*)?|Count|StartedBy|Group|ReferenceId|ClientToken|PropagateTags)$/;

/** Whoever may start the workload can't start it with less around it. */
export const launcherClaim: Claim = {
  id: 'launcher',
  says: 'Whoever may start it chooses neither its network, nor its role, nor its revision; nobody in the templates may change what holds it.',
  attack:
    'ecs:RunTask takes no condition on subnet, group, address or override: who holds it starts the same agent in a public subnet.',
  of: 'agent',
  prove: (model, workload) => [
    {
      destination: 'launch fields that loosen it',
      candidates: [
        ...placementDoubts(workload, 'a looser launch'),
        ...workload.launches.flatMap(fromInput),
        ...unreadMachines(model),
      ],
      closed: 'every launcher writes out network, role and revision',
    },
    {
      destination: 'identities that may loosen it',
      candidates: new Roles(model.templates).principals().flatMap((role) => looseners(model, workload, role)),
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

/** A machine that runs a task whose definition isn't known may run this one. */
function unreadMachines({ templates }: AwsModel): Candidate[] {
  return templates.ofType('AWS::StepFunctions::StateMachine').flatMap((machine) =>
    readStates(machine).flatMap(({ name, parameters, fromInput: fields }): Candidate[] => {
      const definition = property(parameters, 'TaskDefinition');
      const chosen = fields.includes('TaskDefinition');
      if (!chosen && keyOf(definition) !== undefined && !unknownIn(definition)) return [];
      const truth = Unknown.of(`states(${machine.id})`, `${machine.id} never runs this task`);
      return [
        {
          truth,
          path: [{ id: machine.id, by: `state ${name} TaskDefinition` }],
          reason: 'a state machine runs a task that isn’t known',
          change: '',
        },
      ];
    }),
  );
}

function looseners(
  model: AwsModel,
  workload: Workload,
  role: { id: string } & Parameters<Roles['grantsOf']>[0],
): Candidate[] {
  const { granted, unknown } = new Roles(model.templates).grantsOf(role);
  const launches = workload.launches.filter((launch) => rolesOf(launch, model).has(role.id));
  const ids = surroundings(workload);
  const found = granted.flatMap(({ source, statement }): Candidate[] => {
    const action = loosening(statement, launches.length > 0);
    if (action === undefined || !touches(statement, ids, model.templates)) return [];
    return [
      {
        truth: true,
        path: [
          { id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` },
          { id: workload.id, by: action },
        ],
        reason: `${role.id} may ${action}, which no condition binds to this network`,
        change: `take ${action} from ${role.id}`,
      },
    ];
  });
  return [
    ...found,
    ...unknown.map((truth) => ({
      truth,
      path: [{ id: role.id, by: 'a policy that isn’t in the templates' }],
      reason: 'what the role may do isn’t known',
      change: '',
    })),
  ];
}

function loosening(statement: Statement, isLauncher: boolean): string | undefined {
  const watched = isLauncher ? [...STARTS.slice(1), ...LOOSENS] : [...STARTS, ...LOOSENS];
  return watched.find((action) => namesAction(statement, action));
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
  return new Set([workload.id, ...workload.launches.map(({ id }) => id), ...placed]);
}
