import type { MachineKind, MachineReading, MachineRole, StartCall } from './aws-machines';
import { property } from './evaluate';
import type { Resource } from './templates';
import { isList, isObject, or, Reference, type Truth, Unknown, unknownIn, type Value } from './value';

/** Instances of a launch template. */
export const readInstances: MachineKind = {
  call: /:aws-sdk:ec2:runInstances(?:\.|$)/,
  started: (parameters) => property(parameters, 'LaunchTemplate', 'LaunchTemplateId'),
  harmless: /^(?:ClientToken|MinCount|MaxCount)$/,
  read: (template, calls): MachineReading => {
    const data = property(template.properties, 'LaunchTemplateData');
    const userData = effectives(data, calls).find((field) => field('UserData') !== undefined);
    return {
      containers: [],
      unreadContainers:
        userData && Unknown.of(`user-data(${template.id})`, `the user data of ${template.id} holds no secret`),
      networks: effectives(data, calls).map(networkOf),
      doubts: calls.flatMap((call) => [...versionDoubts(template, call), ...imageDoubts(template, data, call)]),
      internet: [],
      names: [],
      inbound: [],
      roles: [roleOf(template, data, calls)],
      around: [],
    };
  },
};

type Effective = (name: string) => Value | undefined;

/** A launch's fields: what the call writes stands in place of what the template says. */
function effectives(data: Value | undefined, calls: readonly StartCall[]): readonly Effective[] {
  return calls.map(
    ({ parameters }) =>
      (name) =>
        property(parameters, name) ?? property(data, name),
  );
}

function networkOf(field: Effective): Value | undefined {
  const interfaces = field('NetworkInterfaces');
  if (interfaces === undefined) {
    const subnet = field('SubnetId');
    if (subnet === undefined) return undefined;
    return { Subnets: [subnet], SecurityGroups: field('SecurityGroupIds') ?? field('SecurityGroups') ?? [] };
  }
  // One that was made before has groups of its own, and one that says no subnet stands in any.
  const isRead = (one: Value) => isObject(one) && one.NetworkInterfaceId === undefined && one.SubnetId !== undefined;
  if (!isList(interfaces) || !interfaces.every(isRead)) return undefined;
  const lists = interfaces.map((one) => property(one, 'Groups'));
  // The default group stands for a list that isn't there: only where none is.
  const none = lists.every((list) => list === undefined);
  if (!none && !lists.every(isList)) return undefined;
  const open = interfaces.map((one) => property(one, 'AssociatePublicIpAddress'));
  return {
    Subnets: interfaces.flatMap((one) => property(one, 'SubnetId') ?? []),
    SecurityGroups: none ? [] : lists.flatMap((list) => list ?? []),
    ...(open.every((one) => one === false) ? { AssignPublicIp: 'DISABLED' } : {}),
    ...(open.includes(true) ? { AssignPublicIp: 'ENABLED' } : {}),
  };
}

/** Versions of a template are made outside of it too: only the one that CloudFormation made last is what it says. */
function versionDoubts({ id }: Resource, call: StartCall): MachineReading['doubts'] {
  const version = property(call.parameters, 'LaunchTemplate', 'Version');
  if (version instanceof Reference && version.id === id && version.attribute === 'LatestVersionNumber') return [];
  const says = `the version of ${id} that ${call.resource.id} starts is what the template says`;
  return [{ call, truth: Unknown.of(`version(${id})`, says) }];
}

function imageDoubts({ id }: Resource, data: Value | undefined, call: StartCall): MachineReading['doubts'] {
  const image = property(call.parameters, 'ImageId') ?? property(data, 'ImageId');
  const pinned = typeof image === 'string' && image.startsWith('ami-');
  const says = `the machine image of ${id} is one that was reviewed`;
  return pinned ? [] : [{ call, truth: unknownIn(image) ?? Unknown.of(`machine-image(${id})`, says) }];
}

function roleOf({ id }: Resource, data: Value | undefined, calls: readonly StartCall[]): MachineRole {
  return {
    destination: 'credentials of the instance',
    closed: 'its metadata service, the only place that gives them, is off',
    held: effectives(data, calls).map((field, index) => {
      const endpoint = property(field('MetadataOptions'), 'HttpEndpoint');
      const on: Truth = endpoint === 'disabled' ? false : (unknownIn(endpoint) ?? true);
      const role = field('IamInstanceProfile');
      const account = Unknown.of(`host-management(${id})`, `the account gives instances of ${id} no default role`);
      const truth = role === undefined && on !== false ? or(account, on === true ? false : on) : on;
      const by = `LaunchTemplateData.${role === undefined ? 'MetadataOptions' : 'IamInstanceProfile'}`;
      const launch = calls[index];
      const path = [...(launch ? [{ id: launch.resource.id, by: `state ${launch.name}` }] : []), { id, by }];
      const reason = 'the code asks the instance’s metadata service for credentials';
      return { role: undefined, truth, at: { truth, path, reason, change: `set HttpEndpoint of ${id} to disabled` } };
    }),
  };
}
