import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate } from './claim';
import { property } from './evaluate';
import { covers, several, type Statement, statementsOf } from './policy-document';
import type { Resource } from './templates';
import { Unknown, type Value } from './value';

/** The file system of EFS that a volume of a task names. */
export function fileSystemIn(volume: Value): Value | undefined {
  const written = property(volume, 'EFSVolumeConfiguration') ?? property(volume, 'EfsVolumeConfiguration');
  return property(written, 'FilesystemId') ?? property(written, 'FileSystemId');
}

/** Mount targets of the file systems that a task mounts: they are judged with its volumes. */
export function mountTargetsOf({ templates }: AwsModel, { definition }: Workload): ReadonlySet<string> {
  const volumes = several(property(definition.properties, 'Volumes'));
  const systems = new Set(volumes.flatMap((volume) => templates.referred(fileSystemIn(volume))?.id ?? []));
  const targets = templates.ofType('AWS::EFS::MountTarget').filter(({ properties }) => {
    const system = templates.referred(property(properties, 'FileSystemId'));
    return system !== undefined && systems.has(system.id);
  });
  return new Set(targets.map(({ id }) => id));
}

/** What makes a file system a way from this task to another: no wall by access point, other tasks that mount it, others that its group admits, copies elsewhere. */
export function fileSystemDoubts(model: AwsModel, workload: Workload, system: Resource, volume: Value): Candidate[] {
  return [
    ...mountDoubts(system, volume),
    ...policyDoubts(system),
    ...otherMounts(model, workload, system),
    ...admitted(model, workload, system),
    ...replicas(system),
  ];
}

function mountDoubts(system: Resource, volume: Value): Candidate[] {
  const written = property(volume, 'EFSVolumeConfiguration') ?? property(volume, 'EfsVolumeConfiguration');
  const point = property(written, 'AuthorizationConfig', 'AccessPointId');
  if (point !== undefined && !(point instanceof Unknown)) return [];
  const truth = Unknown.of(`volume(${system.id})`, `${system.id} holds nothing that another reads`);
  return [{ truth, path: [], reason: 'it mounts the whole file system, by no access point', change: '' }];
}

function policyDoubts(system: Resource): Candidate[] {
  const by = 'FileSystemPolicy';
  const document = property(system.properties, by);
  const way = (hop: string, reason: string, change: string): Candidate[] => [
    { truth: true, path: [{ id: system.id, by: hop }], reason, change },
  ];
  if (document === undefined)
    return way(
      by,
      'a file system without a policy admits everyone as root',
      `give ${system.id} a ${by} that names elasticfilesystem:AccessPointArn`,
    );
  const statements = statementsOf(document, by, system.id);
  if (statements instanceof Unknown)
    return [{ truth: statements, path: [{ id: system.id, by }], reason: 'its policy can’t be read', change: '' }];
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((statement) => {
      if (!byAccessPoint(statement))
        return way(
          statement.by,
          'its policy admits clients by no access point',
          `add a condition on elasticfilesystem:AccessPointArn to ${statement.by}`,
        );
      const root = 'elasticfilesystem:clientrootaccess';
      if (!statement.notActions && !statement.actions.some((action) => covers(action, root))) return [];
      return way(
        statement.by,
        'its policy admits clients as root',
        `name ClientMount and ClientWrite alone in ${statement.by}`,
      );
    });
}

function byAccessPoint({ conditions }: Statement): boolean {
  return conditions.some(
    ({ operator, key }) =>
      key === 'elasticfilesystem:accesspointarn' && /^(?:string|arn)(?:equals|like)$/i.test(operator),
  );
}

/** Another task that mounts the same file system: what one writes the other reads. */
function otherMounts({ templates }: AwsModel, { definition }: Workload, system: Resource): Candidate[] {
  return templates
    .ofType('AWS::ECS::TaskDefinition')
    .filter(({ id }) => id !== definition.id)
    .filter(({ properties }) =>
      several(property(properties, 'Volumes')).some((one) => templates.referred(fileSystemIn(one))?.id === system.id),
    )
    .map(({ id }): Candidate => ({
      truth: Unknown.of(`reader(${id})`, `${id} passes nothing on of what it reads in ${system.id}`),
      path: [{ id, by: 'Volumes' }],
      reason: `${id} mounts the same file system`,
      change: '',
    }));
}

/** Rules that let others than this task into its mount targets. */
function admitted({ templates, groups }: AwsModel, workload: Workload, system: Resource): Candidate[] {
  const own = new Set(workload.placements.flatMap((placement) => placement.groups.map(({ key }) => key)));
  const targets = templates
    .ofType('AWS::EFS::MountTarget')
    .filter(({ properties }) => templates.referred(property(properties, 'FileSystemId'))?.id === system.id);
  return targets.flatMap(({ id, properties }) =>
    several(property(properties, 'SecurityGroups')).flatMap((value): Candidate[] => {
      const group = groups.of(value);
      const rules = group.ingress.filter(({ peer }) => peer.kind !== 'group' || !own.has(peer.id));
      const unknown = group.unknown ? [{ id: group.id, by: 'rules not in the templates' }] : [];
      return [...rules, ...unknown].map((rule) => ({
        truth: Unknown.of(`readers(${id})`, `whoever ${rule.id} lets into ${id} passes nothing on`),
        path: [
          { id, by: 'SecurityGroups' },
          { id: rule.id, by: rule.by },
        ],
        reason: 'its mount target admits others than this task',
        change: '',
      }));
    }),
  );
}

function replicas({ id, properties }: Resource): Candidate[] {
  if (property(properties, 'ReplicationConfiguration') === undefined) return [];
  const truth = Unknown.of(`replica(${id})`, `nobody reads the replica of ${id}`);
  return [{ truth, path: [{ id, by: 'ReplicationConfiguration' }], reason: 'it is copied elsewhere', change: '' }];
}
