import { Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { groupProblems } from './group-problems';
import type { ZoneTemplate } from './gvisor-agent';
import { rendered } from './rendered';

type Fields = Readonly<Record<string, unknown>>;

/** How an agent's instances were opened after they were built, in any zone. None: they are as they were. */
export function gvisorProblems(zones: readonly ZoneTemplate[], group: ISecurityGroup): string[] {
  return [
    ...zones.flatMap(({ template, subnetId }) => {
      const data = objectOf(rendered(template).Properties.LaunchTemplateData);
      return [...identityProblems(data), ...interfaceProblems(data, subnetId, group), ...machineProblems(data)];
    }),
    ...groupProblems(group),
  ];
}

function identityProblems(data: Fields): string[] {
  const problems: string[] = [];
  if (data.IamInstanceProfile !== undefined) {
    problems.push(
      'agent.iamInstanceProfile: expected none, got one: whatever is on the instance holds its role; remove it [instance-has-profile]',
    );
  }
  if (objectOf(data.MetadataOptions).HttpEndpoint !== 'disabled') {
    problems.push(
      'agent.metadataOptions.httpEndpoint: expected "disabled": the account’s default role for instances may be given by it; set it back [instance-metadata]',
    );
  }
  if (data.KeyName !== undefined)
    problems.push('agent.keyName: expected none, got one: it lets someone in; remove it [instance-key-pair]');
  if (data.UserData !== undefined) {
    problems.push(
      'agent.userData: expected none, got some: it comes by the metadata service, which is off; put it into the machine image [instance-user-data]',
    );
  }
  return problems;
}

function interfaceProblems(data: Fields, subnetId: string, group: ISecurityGroup): string[] {
  const text = (token: unknown) => JSON.stringify(Stack.of(group).resolve(token));
  const [subnet, only] = [text(subnetId), text([group.securityGroupId])];
  const interfaces = listOf(data.NetworkInterfaces).map(objectOf);
  const sound = interfaces.every(
    ({ Groups, SubnetId, AssociatePublicIpAddress }) =>
      JSON.stringify(Groups) === only && JSON.stringify(SubnetId) === subnet && AssociatePublicIpAddress === false,
  );
  if (interfaces.length === 1 && sound && data.SecurityGroupIds === undefined) return [];
  return [
    'agent.networkInterfaces: expected one, in a subnet of the agents’ network, with the agent’s closed group alone and no public address, got another; set it back [instance-interface]',
  ];
}

function machineProblems(data: Fields): string[] {
  const problems: string[] = [];
  const disks = listOf(data.BlockDeviceMappings).map((one) => objectOf(objectOf(one).Ebs));
  if (disks.length === 0 || disks.some(({ Encrypted }) => Encrypted !== true))
    problems.push('agent.blockDeviceMappings: expected encrypted volumes; set it back [instance-volume]');
  if (typeof data.ImageId !== 'string' || !data.ImageId.startsWith('ami-'))
    problems.push('agent.imageId: expected the pinned id of a machine image; set it back [machine-image-not-pinned]');
  if (data.InstanceInitiatedShutdownBehavior !== 'terminate') {
    problems.push(
      'agent.instanceInitiatedShutdownBehavior: expected "terminate": a stopped instance starts again as it was; set it back [instance-kept]',
    );
  }
  return problems;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
