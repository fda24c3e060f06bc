import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim, Judged } from './claim';
import { property } from './evaluate';
import { machineRoles } from './machine-role';
import { launchDoubts } from './placement-doubts';
import { actionsText, resourcesText, several } from './policy-document';
import type { Hop } from './report';
import { keyOf, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** The workload's code holds no credentials of the cloud. */
export const roleClaim: Claim = {
  id: 'role',
  says: 'It holds no role, and nothing that starts it gives it one.',
  attack:
    'Code of the agent fetches credentials from 169.254.170.2, or from the instance’s metadata, and calls the cloud’s API with them.',
  of: ['agent'],
  prove: (model, workload) => (workload.machine ? machineRoles(model, workload) : taskRoles(model, workload)),
};

function taskRoles(model: AwsModel, workload: Workload): Judged[] {
  return [
    {
      destination: 'credentials of a task role',
      candidates: [...taskRole(model, workload), ...overridden(model, workload), ...launchDoubts(workload)],
      closed: 'the task has no role and no launcher gives it one',
    },
    {
      destination: 'credentials of the instance beneath',
      candidates: [...workload.launches.flatMap((launch) => instanceRole(workload, launch)), ...launchDoubts(workload)],
      closed: 'each task runs on Fargate, which has no instance to ask',
    },
  ];
}

function taskRole(model: AwsModel, { id, definition }: Workload): Candidate[] {
  const role = property(definition.properties, 'TaskRoleArn');
  return role === undefined ? [] : roleWays(model, role, [{ id, by: 'TaskRoleArn' }]);
}

function overridden(model: AwsModel, { launches }: Workload): Candidate[] {
  return launches.flatMap((launch): Candidate[] => {
    const role = property(launch.overrides, 'TaskRoleArn');
    const chosen = launch.fromInput.find((field) => field === 'Overrides' || field === 'Overrides.TaskRoleArn');
    if (chosen !== undefined) {
      const path = [{ id: launch.id, by: `${launch.by} ${chosen}` }];
      return [
        {
          truth: true,
          path,
          reason: 'whoever starts it may give it a role',
          change: `write ${chosen} out in ${launch.id}`,
        },
      ];
    }
    return role === undefined
      ? []
      : roleWays(model, role, [{ id: launch.id, by: `${launch.by} Overrides.TaskRoleArn` }]);
  });
}

function roleWays(model: AwsModel, value: Value, path: readonly Hop[]): Candidate[] {
  const change = 'remove the role: what the agent needs of the cloud, the proxy can sign';
  const role = model.templates.referred(value);
  const [first] = path;
  if (role?.type !== 'AWS::IAM::Role') {
    const truth =
      unknownIn(value) ??
      Unknown.of(`role(${shown(value)})`, `the role ${shown(value)}, which no template holds, may do nothing`);
    return [{ truth, path, reason: `the code holds a role that isn’t in the templates`, change }];
  }
  const { granted, unknown } = model.roles.grantsOf(role);
  const open = granted.map(({ source, statement, truth }): Candidate => ({
    truth,
    path: [...path, { id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` }],
    reason: `the code holds a role that may ${actionsText(statement)} on ${resourcesText(statement)}`,
    change: `remove ${first?.by ?? 'the role'} from ${first?.id ?? 'the task'}`,
  }));
  const empty = Unknown.of(
    `admitted(${role.id})`,
    `no policy of any resource admits ${role.id}, which is an identity all the same`,
  );
  const doubts = granted.length > 0 ? unknown : [...unknown, empty];
  return [
    ...open,
    ...doubts.map((truth): Candidate => ({
      truth,
      path: [...path, { id: role.id, by: 'its policies' }],
      reason: 'the code holds a role, and what it is worth isn’t known',
      change,
    })),
  ];
}

function instanceRole(workload: Workload, { id, by, resource, launchType }: Workload['launches'][number]): Candidate[] {
  const strategy = property(resource.properties, 'CapacityProviderStrategy');
  const providers = Array.isArray(strategy) ? strategy.map((one: Value) => property(one, 'CapacityProvider')) : [];
  const fargate =
    launchType === 'FARGATE' ||
    (providers.length > 0 && providers.every((one) => one === 'FARGATE' || one === 'FARGATE_SPOT'));
  if (fargate) return [];
  const truth = Unknown.of(
    `instances(${workload.id})`,
    `${workload.id} runs on Fargate, or on instances that refuse tasks their metadata (ECS_AWSVPC_BLOCK_IMDS, hop limit 1)`,
  );
  const path = [{ id, by: `${by}, LaunchType ${shown(launchType)}` }];
  const change = 'set LaunchType to FARGATE';
  return [
    { truth, path, reason: 'the instance’s role may be fetched from its metadata', change },
    ...hostHolds(workload).map(({ by: field, truth: held }) => ({
      truth: held,
      path: [...path, { id: workload.id, by: field }],
      reason: 'it takes hold of the instance beneath, and has what that has',
      change,
    })),
  ];
}

/** What lets a task out of its containers onto an instance; Fargate takes none of it. */
function hostHolds({ id, definition, containers }: Workload): { by: string; truth: Truth }[] {
  const perhaps = (by: string) => ({
    by,
    truth: Unknown.of(`host(${id})`, `${id} takes no hold of its instance by ${by}`),
  });
  const modes = ['PidMode', 'IpcMode', 'NetworkMode'].filter((name) => {
    const mode = property(definition.properties, name);
    return mode === 'host' || unknownIn(mode) !== undefined;
  });
  const inner = containers.flatMap((container, index) => {
    const at = `ContainerDefinitions[${index}]`;
    const privileged = property(container, 'Privileged');
    const more = [
      ['LinuxParameters', 'Capabilities', 'Add'],
      ['LinuxParameters', 'Devices'],
      ['DockerSecurityOptions'],
    ].filter((path) => several(property(container, ...path)).length > 0);
    const isOff = privileged === undefined || keyOf(privileged) === 'false';
    return [
      ...(isOff ? [] : [{ by: `${at}.Privileged`, truth: unknownIn(privileged) ?? true }]),
      ...more.map((path) => perhaps([at, ...path].join('.'))),
    ];
  });
  return [...modes.map(perhaps), ...inner];
}
