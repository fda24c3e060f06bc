import { isList, isObject, Reference, Text, Unknown, type Value } from '../value';
import { jsonIn } from './policies';
import { known, one } from './network';
import { type Source, type Translators } from './source';

/** Maps whose keys are somebody's own words. */
const MAPS = new Set(['options', 'dockerLabels', 'driverOpts', 'labels', 'systemControls']);

const UNREAD_VOLUMES = ['docker_volume_configuration', 's3files_volume_configuration'];

/** Clusters, task definitions, and services that run them. */
export const CONTAINERS: Translators = {
  aws_ecs_cluster: (source) => [one(source, 'AWS::ECS::Cluster', {})],
  aws_ecs_task_definition: (source) => [
    one(source, 'AWS::ECS::TaskDefinition', {
      Family: source.plain('family'),
      NetworkMode: source.plain('network_mode'),
      PidMode: source.plain('pid_mode'),
      IpcMode: source.plain('ipc_mode'),
      TaskRoleArn: source.ref('task_role_arn'),
      ExecutionRoleArn: source.ref('execution_role_arn'),
      ContainerDefinitions: containers(source),
      Volumes: source.blocks('volume').map(volume),
    }),
  ],
  aws_ecs_service: (source) => [
    one(source, 'AWS::ECS::Service', {
      ...started(source),
      EnableExecuteCommand: source.plain('enable_execute_command'),
      LoadBalancers: source.blocks('load_balancer').map(balancer),
      ServiceConnectConfiguration: connect(source),
      VpcLatticeConfigurations: source.blocks('vpc_lattice_configurations').map(() => ({})),
    }),
  ],
  aws_ecs_task_set: (source) => [
    one(source, 'AWS::ECS::TaskSet', {
      ...started(source),
      Service: source.ref('service', 'aws_ecs_service'),
      LoadBalancers: source.blocks('load_balancer').map(balancer),
    }),
  ],
};

function started(source: Source): Readonly<Record<string, Value | undefined>> {
  return {
    Cluster: source.ref('cluster', 'aws_ecs_cluster'),
    TaskDefinition: source.ref('task_definition', 'aws_ecs_task_definition'),
    LaunchType: source.plain('launch_type'),
    CapacityProviderStrategy: strategy(source),
    NetworkConfiguration: network(source, 'AwsvpcConfiguration'),
  };
}

/** How a task is put on machines; undefined where nothing is said. */
export function strategy(source: Source): Value | undefined {
  const blocks = source.blocks('capacity_provider_strategy');
  if (blocks.length === 0) return undefined;
  return blocks.map((block) =>
    block instanceof Unknown ? block : { CapacityProvider: block.ref('capacity_provider') ?? null },
  );
}

/** Subnets, groups and public address, as services and events write them: a switch, off where nothing is said. */
export function network(source: Source, as: string): Value | undefined {
  const block = source.block('network_configuration');
  if (block === undefined || block instanceof Unknown) return block;
  const address = block.on('assign_public_ip');
  const [subnets, groups] = [block.refs('subnets'), block.refs('security_groups') ?? hidden(block, 'security_groups')];
  return {
    [as]: {
      ...(subnets === undefined ? {} : { Subnets: subnets }),
      ...(groups === undefined ? {} : { SecurityGroups: groups }),
      AssignPublicIp: address instanceof Unknown ? address : address ? 'ENABLED' : 'DISABLED',
    },
  };
}

/** What a plan marks as unknown inside a block was written there: an attribute that isn’t is empty. */
function hidden(block: Source, name: string): Unknown | undefined {
  const raw = block.raw(name);
  return raw instanceof Unknown ? raw : undefined;
}

function balancer(block: Source | Unknown): Value {
  if (block instanceof Unknown) return block;
  return { TargetGroupArn: known(block.ref('target_group_arn') ?? block.ref('elb_name'), block, 'target_group_arn') };
}

function connect(source: Source): Value | undefined {
  const block = source.block('service_connect_configuration');
  if (block === undefined || block instanceof Unknown) return block;
  return { Enabled: block.plain('enabled') ?? true };
}

/** The containers of a task, which Terraform holds as a text of the API’s JSON. */
function containers(source: Source): Value {
  const at = source.at(['container_definitions']);
  const written = source.value('container_definitions');
  const unread = Unknown.of(`containers(${source.id})`, `every container of ${source.id} can be read`);
  const read = written === undefined ? unread : jsonIn(written, source.names, at);
  const listed = isObject(read) ? [read] : read;
  return isList(listed) || listed instanceof Unknown ? capitalized(listed) : unread;
}

/** A secret that a data source reads is put in as a text, as CloudFormation’s own references to one are. */
const READS_SECRET = /(?:^|[./])data\.aws_secretsmanager_secret_version\./;

function fetched(value: Value): Value {
  const parts = value instanceof Text ? value.parts : [value];
  const secret = parts.find((part) => part instanceof Reference && READS_SECRET.test(part.id));
  if (!(secret instanceof Reference)) return value;
  return Unknown.of(`resolve({{resolve:secretsmanager:${secret.id}}})`, `${secret.id} holds no secret`);
}

/** The API’s names as CloudFormation writes them: `logConfiguration` is `LogConfiguration`. */
function capitalized(value: Value): Value {
  if (isList(value)) return value.map(capitalized);
  if (!isObject(value)) return fetched(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key.slice(0, 1).toUpperCase() + key.slice(1),
      MAPS.has(key) ? one : capitalized(one),
    ]),
  );
}

function volume(block: Source | Unknown): Value {
  if (block instanceof Unknown) return block;
  const host = block.plain('host_path');
  return {
    Name: block.plain('name') ?? null,
    ...(host === undefined || host === '' ? {} : { Host: { SourcePath: host } }),
    ...fileSystem(block.block('efs_volume_configuration')),
    ...windows(block.block('fsx_windows_file_server_volume_configuration')),
    // What these share with others isn't read.
    ...Object.fromEntries(UNREAD_VOLUMES.flatMap((name) => (block.block(name) === undefined ? [] : [[name, {}]]))),
  };
}

function fileSystem(block: Source | Unknown | undefined): Readonly<Record<string, Value>> {
  if (block === undefined) return {};
  if (block instanceof Unknown) return { EFSVolumeConfiguration: block };
  const authorization = block.block('authorization_config');
  const point = authorization instanceof Unknown ? authorization : authorization?.ref('access_point_id');
  return {
    EFSVolumeConfiguration: {
      FilesystemId: known(block.ref('file_system_id'), block, 'file_system_id'),
      ...(point === undefined ? {} : { AuthorizationConfig: { AccessPointId: point } }),
    },
  };
}

function windows(block: Source | Unknown | undefined): Readonly<Record<string, Value>> {
  if (block === undefined) return {};
  const system = block instanceof Unknown ? block : known(block.ref('file_system_id'), block, 'file_system_id');
  return { FSxWindowsFileServerVolumeConfiguration: { FileSystemId: system } };
}
