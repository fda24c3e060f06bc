import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim, Judged } from './claim';
import { property } from './evaluate';
import { namesAction } from './policy-document';
import { touches } from './touches';
import { keyOf, shown, type Value } from './value';

const ALTERS = ['logs:putlogevents', 'logs:deletelogstream', 'logs:deleteloggroup', 'logs:putretentionpolicy'];

/** The workload can't write to, or take from, the proxy's log. */
export const auditClaim: Claim = {
  id: 'audit',
  says: 'The log of the proxy is one that the agent can neither write nor remove.',
  attack: 'The agent forges records among the proxy’s, or deletes those of what it did.',
  of: ['agent'],
  prove: (model, workload) => model.proxies.map((proxy) => logOf(model, workload, proxy)),
};

function logOf(model: AwsModel, workload: Workload, proxy: Workload): Judged {
  const groups = proxy.containers.flatMap((container) => groupOf(container) ?? []);
  const destination = `the log of ${proxy.id}`;
  const closed = 'it is a group of its own, and no identity that the agent holds may change it';
  if (groups.length === 0) {
    const path = [{ id: proxy.id, by: 'no LogConfiguration with awslogs' }];
    const change = `give the containers of ${proxy.id} a LogConfiguration with awslogs`;
    return { destination, candidates: [{ truth: true, path, reason: 'the proxy keeps no log', change }], closed };
  }
  return {
    destination,
    candidates: [
      ...sharedGroup(workload, groups),
      ...sharedVolume(workload, proxy),
      ...byRole(model, workload, groups),
    ],
    closed,
  };
}

function groupOf(container: Value): Value | undefined {
  if (property(container, 'LogConfiguration', 'LogDriver') !== 'awslogs') return undefined;
  return property(container, 'LogConfiguration', 'Options', 'awslogs-group');
}

/** Lines of the agent's own output in the proxy's group can't be told from the proxy's. */
function sharedGroup({ id, containers }: Workload, groups: readonly Value[]): Candidate[] {
  const theirs = new Set(groups.flatMap((group) => keyOf(group) ?? []));
  return containers.flatMap((container, index): Candidate[] => {
    const group = groupOf(container);
    const key = keyOf(group);
    if (key === undefined || !theirs.has(key)) return [];
    const path = [
      { id, by: `ContainerDefinitions[${index}].LogConfiguration` },
      { id: shown(group), by: 'the group of the proxy' },
    ];
    return [
      {
        truth: true,
        path,
        reason: 'what the agent prints stands among the proxy’s records',
        change: `give ${id} a log group of its own`,
      },
    ];
  });
}

function sharedVolume(workload: Workload, proxy: Workload): Candidate[] {
  const systems = ({ definition }: Workload) => {
    const volumes = property(definition.properties, 'Volumes');
    return new Set(
      (Array.isArray(volumes) ? volumes : []).flatMap(
        (volume: Value) => keyOf(property(volume, 'EFSVolumeConfiguration', 'FilesystemId')) ?? [],
      ),
    );
  };
  const theirs = systems(proxy);
  return [...systems(workload)]
    .filter((system) => theirs.has(system))
    .map(() => ({
      truth: true,
      path: [
        { id: workload.id, by: 'Volumes' },
        { id: proxy.id, by: 'Volumes' },
      ],
      reason: 'both mount the same file system',
      change: `remove the volume from ${workload.id}`,
    }));
}

function byRole(model: AwsModel, workload: Workload, groups: readonly Value[]): Candidate[] {
  const ids = new Set(groups.flatMap((group) => model.templates.referred(group)?.id ?? []));
  const values = [
    property(workload.definition.properties, 'TaskRoleArn'),
    ...workload.launches.map(({ overrides }) => property(overrides, 'TaskRoleArn')),
  ];
  return values.flatMap((value): Candidate[] => {
    const role = model.templates.referred(value);
    if (!role) return [];
    return model.roles.grantsOf(role).granted.flatMap(({ source, statement }): Candidate[] => {
      const action = ALTERS.find((one) => namesAction(statement, one));
      if (action === undefined || !touches(statement, ids, model.templates)) return [];
      const path = [
        { id: workload.id, by: 'TaskRoleArn' },
        { id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` },
      ];
      return [
        { truth: true, path, reason: `the agent’s role may ${action} there`, change: `take ${action} from ${role.id}` },
      ];
    });
  });
}
