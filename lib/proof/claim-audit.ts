import type { AwsModel } from './aws-model';
import type { Granted } from './aws-roles';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim, Judged } from './claim';
import { property } from './evaluate';
import { launchDoubts } from './placement-doubts';
import { mayEqual } from './may-equal';
import { namesAction, several, type Statement } from './policy-document';
import { touches } from './touches';
import type { Hop } from './report';
import type { Resource, Templates } from './templates';
import { and, isObject, keyOf, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';

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
    const truth = proxy.unreadContainers ?? true;
    return { destination, candidates: [{ truth, path, reason: 'the proxy keeps no log', change }], closed };
  }
  return {
    destination,
    candidates: [
      ...sharedGroup(model, workload, groups),
      ...sharedVolume(workload, proxy),
      ...byRole(model, workload, groups),
      ...unknownLog(proxy, groups),
      ...unread(workload),
      ...launchDoubts(workload),
    ],
    closed,
  };
}

/** Undefined where it keeps none; unknown too where its driver is. */
function groupOf(container: Value): Value | undefined {
  const driver = property(container, 'LogConfiguration', 'LogDriver');
  const group = property(container, 'LogConfiguration', 'Options', 'awslogs-group');
  return driver === 'awslogs' ? group : unknownIn(driver);
}

/** A group that isn't known may be none at all. */
function unknownLog({ id }: Workload, groups: readonly Value[]): Candidate[] {
  return groups.flatMap((group): Candidate[] => {
    const truth = unknownIn(group);
    const path = [{ id, by: 'LogConfiguration' }];
    return truth ? [{ truth, path, reason: 'where the proxy keeps its log isn’t known', change: '' }] : [];
  });
}

function unread({ id, unreadContainers: truth }: Workload): Candidate[] {
  if (!truth) return [];
  return [{ truth, path: [{ id, by: 'ContainerDefinitions' }], reason: 'a container isn’t known', change: '' }];
}

/** Lines of the agent's own output in the proxy's group can't be told from the proxy's. */
function sharedGroup({ templates }: AwsModel, { id, containers }: Workload, groups: readonly Value[]): Candidate[] {
  return containers.flatMap((container, index): Candidate[] => {
    const group = groupOf(container);
    const truth = group === undefined ? false : or(...groups.map((other) => sameName(group, other, templates)));
    if (truth === false) return [];
    const path = [
      { id, by: `ContainerDefinitions[${index}].LogConfiguration` },
      { id: shown(group), by: 'the group of the proxy' },
    ];
    return [
      {
        truth,
        path,
        reason: 'what the agent prints stands among the proxy’s records',
        change: `give ${id} a log group of its own`,
      },
    ];
  });
}

/** Whether two values name one log group. */
function sameName(one: Value, other: Value, templates: Templates): Truth {
  const [mine, theirs] = [one, other].map((value) => {
    const referred = templates.referred(value);
    return referred ? (property(referred.properties, 'LogGroupName') ?? value) : value;
  });
  return mayEqual(mine, theirs);
}

function sharedVolume(workload: Workload, proxy: Workload): Candidate[] {
  const theirs = systemsOf(proxy);
  return systemsOf(workload).flatMap((system): Candidate[] => {
    const truth = or(...theirs.map((other) => unknownIn(system) ?? unknownIn(other) ?? keyOf(system) === keyOf(other)));
    if (truth === false) return [];
    const path = [workload, proxy].map(({ id }) => ({ id, by: 'Volumes' }));
    return [
      { truth, path, reason: 'both mount the same file system', change: `remove the volume from ${workload.id}` },
    ];
  });
}

/** The file systems a task mounts; something unknown for volumes that aren't known. */
function systemsOf({ definition }: Workload): Value[] {
  return several(property(definition.properties, 'Volumes')).flatMap((volume) => {
    const configured = property(volume, 'EFSVolumeConfiguration');
    const named = isObject(configured) ? property(configured, 'FilesystemId') : configured;
    return isObject(volume) ? (named ?? []) : [volume];
  });
}

function byRole(model: AwsModel, workload: Workload, groups: readonly Value[]): Candidate[] {
  const ids = groupsNamed(model.templates, groups);
  const values = [
    property(workload.definition.properties, 'TaskRoleArn'),
    ...workload.launches.map(({ overrides }) => property(overrides, 'TaskRoleArn')),
  ];
  return values.flatMap((value): Candidate[] => {
    if (value === undefined) return [];
    const held = { id: workload.id, by: 'TaskRoleArn' };
    const role = model.templates.referred(value);
    if (role?.type !== 'AWS::IAM::Role') {
      const none = `the role ${shown(value)}, which no template holds, may do nothing`;
      const truth = unknownIn(value) ?? Unknown.of(`role(${shown(value)})`, none);
      return [{ truth, path: [held], reason: 'what the agent’s role may do there isn’t known', change: '' }];
    }
    const { granted, unknown } = model.roles.grantsOf(role);
    return [
      ...granted.flatMap((one) => altering(model, role, one, { ids, groups, held })),
      ...unknown.map((truth) => ({
        truth,
        path: [held, { id: role.id, by: 'its policies' }],
        reason: 'what the agent’s role may do there isn’t known',
        change: '',
      })),
    ];
  });
}

function altering(
  { templates }: AwsModel,
  role: Resource,
  { source, statement, truth: isThere }: Granted,
  { ids, groups, held }: { ids: ReadonlySet<string>; groups: readonly Value[]; held: Hop },
): Candidate[] {
  const action = ALTERS.find((one) => namesAction(statement, one));
  if (action === undefined) return [];
  const truth = and(isThere, or(touches(statement, ids, templates), namesOne(statement, groups)));
  if (truth === false) return [];
  const path = [held, { id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` }];
  return [{ truth, path, reason: `the agent’s role may ${action} there`, change: `take ${action} from ${role.id}` }];
}

/** Log groups of the templates that may be one of these: referred to, or of the same name. */
function groupsNamed(templates: Templates, groups: readonly Value[]): ReadonlySet<string> {
  const referred = groups.flatMap((group) => templates.referred(group)?.id ?? []);
  const alike = templates
    .ofType('AWS::Logs::LogGroup')
    .filter(({ properties }) => {
      const name = property(properties, 'LogGroupName');
      return name !== undefined && groups.some((group) => sameName(name, group, templates) !== false);
    })
    .map(({ id }) => id);
  return new Set([...referred, ...alike]);
}

/** Whether a statement writes out the name of one of the groups. */
function namesOne({ resources }: Statement, groups: readonly Value[]): boolean {
  const names = groups.filter((group) => typeof group === 'string');
  return resources.some((resource) => {
    const text = keyOf(resource) ?? '';
    return names.some((name) => text.endsWith(`:log-group:${name}`) || text.includes(`:log-group:${name}:`));
  });
}
