import type { Resource, Template } from './world';

export type Resources = Record<string, Resource>;
type Fields = Record<string, unknown>;

/** What one template is made of, before it is written out. */
export interface Shape {
  readonly v6: boolean;
  readonly egress: readonly Fields[] | undefined;
  readonly apart: Fields | undefined;
  readonly routes: readonly Fields[];
  readonly publicRoutes: readonly Fields[];
  readonly table: 'own' | 'main' | 'public';
  readonly natSubnet: 'Public' | 'Private';
  readonly natKind: 'public' | 'private';
  readonly address: unknown;
  readonly groups: 'own' | 'none' | 'default' | 'unknown';
  readonly both: boolean;
  readonly prefixList: readonly string[];
  readonly conditional: string | undefined;
}

/** Closed in every way, beside a public subnet. */
export const SHUT: Shape = {
  v6: false,
  egress: [],
  apart: undefined,
  routes: [],
  publicRoutes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } }],
  table: 'own',
  natSubnet: 'Public',
  natKind: 'public',
  address: 'DISABLED',
  groups: 'own',
  both: false,
  prefixList: ['0.0.0.0/1'],
  conditional: undefined,
};

/** A rule that lets nothing out: with it a group is not the open one that it is created as. */
export const SENTINEL = { CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 };
const vpc = { VpcId: { Ref: 'Vpc' } };
const ec2 = (type: string, properties: Fields = {}): Resource => ({
  Type: `AWS::EC2::${type}`,
  Properties: properties,
});

/** The template: only what is referred to, so that a reduced counterexample is short. */
export function cell(shape: Shape, more: Resources): Template {
  const all: Resources = { ...network(shape), ...ways(shape), ...workloads(shape), ...more };
  const { conditional } = shape;
  const chosen = conditional === undefined ? undefined : all[conditional];
  // Other resources refer to these two by name, so they can't be left out by a condition.
  if (conditional !== undefined && chosen && conditional !== 'Nat')
    all[conditional] = { ...chosen, Condition: 'Wanted' };
  return written(needed(all, more));
}

/** A template of these resources, with the parameters and the condition that they refer to. */
export function written(resources: Resources): Template {
  const text = JSON.stringify(resources);
  const parameters = Object.fromEntries(
    Object.entries(PARAMETERS).filter(
      ([name]) => text.includes(`{"Ref":"${name}"}`) || (name === 'Want' && text.includes('"Wanted"')),
    ),
  );
  return {
    ...(Object.keys(parameters).length > 0 && { Parameters: parameters }),
    ...(parameters.Want && { Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Want' }, 'yes'] } } }),
    Resources: resources,
  };
}

const PARAMETERS: NonNullable<Template['Parameters']> = {
  Range: { Type: 'String' },
  Address: { Type: 'String', AllowedValues: ['ENABLED', 'DISABLED'] },
  Group: { Type: 'AWS::EC2::SecurityGroup::Id' },
  Want: { Type: 'String', AllowedValues: ['yes', 'no'] },
  Network: { Type: 'AWS::EC2::VPC::Id' },
  Place: { Type: 'Number' },
  Domains: { Type: 'CommaDelimitedList' },
  DomainList: { Type: 'String' },
  Deed: { Type: 'String', AllowedValues: ['ALLOW', 'BLOCK', 'ALERT'] },
  Kind: { Type: 'String', AllowedValues: ['A', 'TXT'] },
  Fail: { Type: 'String', AllowedValues: ['ENABLED', 'DISABLED'] },
  Trusted: { Type: 'String' },
  RoleArn: { Type: 'String' },
  Service: { Type: 'String' },
  Log: { Type: 'String' },
};

/** Gateways and the like that nothing refers to are left out, unless they were asked for. */
function needed(all: Resources, asked: Resources): Resources {
  const optional = [
    'Gateway',
    'Nat',
    'EgressOnly',
    'Peering',
    'Peer',
    'ForeignPeering',
    'Transit',
    'Vpn',
    'List',
    'Other',
    'Endpoint',
  ];
  const uses = (id: string, within: Resources) =>
    Object.entries(within).some(
      ([other, one]) =>
        !other.endsWith('Attachment') &&
        (JSON.stringify(one).includes(`{"Ref":"${id}"}`) || JSON.stringify(one).includes(`["${id}Group"`)),
    );
  let kept = all;
  for (;;) {
    const drop = optional.filter(
      (id) =>
        kept[id] &&
        !(id in asked) &&
        !uses(id, kept) &&
        !(['Other', 'Endpoint'].includes(id) && `${id}GroupIngress` in kept),
    );
    if (drop.length === 0) return kept;
    kept = Object.fromEntries(
      Object.entries(kept).filter(([id]) => !drop.some((one) => id === one || id === `${one}Attachment`)),
    );
  }
}

function network({ v6, table, routes, publicRoutes }: Shape): Resources {
  const subnet = (index: number) =>
    ec2('Subnet', {
      ...vpc,
      CidrBlock: `10.0.${index}.0/24`,
      ...(v6 && { Ipv6CidrBlock: `2001:db8:1:${index}::/64` }),
    });
  const associated = (side: string, to: string) =>
    ec2('SubnetRouteTableAssociation', { SubnetId: { Ref: side }, RouteTableId: { Ref: to } });
  const named = (side: string, ours: readonly Fields[]) =>
    ours.map((one, index) => [
      `${side === 'Public' ? 'PublicRoute' : 'Route'}${index}`,
      ec2('Route', { RouteTableId: { Ref: `${side}Table` }, ...one }),
    ]);
  return {
    Vpc: ec2('VPC', { CidrBlock: '10.0.0.0/16' }),
    ...(v6 && { Vpc6: ec2('VPCCidrBlock', { ...vpc, Ipv6CidrBlock: '2001:db8:1::/56', Ipv6Pool: 'ipv6pool-ec2-0' }) }),
    Private: subnet(1),
    Public: subnet(2),
    PrivateTable: ec2('RouteTable', vpc),
    PublicTable: ec2('RouteTable', vpc),
    ...(table !== 'main' && {
      PrivateAssociation: associated('Private', table === 'own' ? 'PrivateTable' : 'PublicTable'),
    }),
    PublicAssociation: associated('Public', 'PublicTable'),
    ...(Object.fromEntries([...named('Private', routes), ...named('Public', publicRoutes)]) as Resources),
  };
}

function ways({ natSubnet, natKind, prefixList }: Shape): Resources {
  return {
    Gateway: ec2('InternetGateway'),
    GatewayAttachment: ec2('VPCGatewayAttachment', { ...vpc, InternetGatewayId: { Ref: 'Gateway' } }),
    Nat: ec2('NatGateway', { SubnetId: { Ref: natSubnet }, ConnectivityType: natKind }),
    EgressOnly: ec2('EgressOnlyInternetGateway', vpc),
    Peer: ec2('VPC', { CidrBlock: '10.1.0.0/16' }),
    Peering: ec2('VPCPeeringConnection', { ...vpc, PeerVpcId: { Ref: 'Peer' } }),
    ForeignPeering: ec2('VPCPeeringConnection', { ...vpc, PeerVpcId: 'vpc-0abc', PeerOwnerId: '111122223333' }),
    Transit: ec2('TransitGateway'),
    TransitAttachment: ec2('TransitGatewayAttachment', {
      ...vpc,
      TransitGatewayId: { Ref: 'Transit' },
      SubnetIds: [{ Ref: 'Private' }],
    }),
    Vpn: ec2('VPNGateway', { Type: 'ipsec.1' }),
    VpnAttachment: ec2('VPCGatewayAttachment', { ...vpc, VpnGatewayId: { Ref: 'Vpn' } }),
    List: ec2('PrefixList', {
      PrefixListName: 'list',
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      Entries: prefixList.map((Cidr) => ({ Cidr })),
    }),
  };
}

function workloads(shape: Shape): Resources {
  const { egress, apart, groups } = shape;
  const subnets = shape.both ? [{ Ref: 'Private' }, { Ref: 'Public' }] : [{ Ref: 'Private' }];
  const chosen = {
    own: { SecurityGroups: [{ Ref: 'AgentGroup' }] },
    none: {},
    default: { SecurityGroups: [{ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }] },
    unknown: { SecurityGroups: [{ Ref: 'AgentGroup' }, { Ref: 'Group' }] },
  }[groups];
  const group = (rules: readonly Fields[] | undefined) =>
    ec2('SecurityGroup', { ...vpc, GroupDescription: 'one', ...(rules && { SecurityGroupEgress: rules }) });
  return {
    AgentGroup: group(egress?.length === 0 ? [SENTINEL] : egress),
    ...(apart && { AgentEgress: ec2('SecurityGroupEgress', { GroupId: { Ref: 'AgentGroup' }, ...apart }) }),
    ...service('Agent', { Subnets: subnets, ...chosen, AssignPublicIp: shape.address }),
    OtherGroup: group([SENTINEL]),
    ...service('Other', {
      Subnets: [{ Ref: 'Public' }],
      SecurityGroups: [{ Ref: 'OtherGroup' }],
      AssignPublicIp: 'DISABLED',
    }),
    ProxyGroup: group([{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }]),
    ...service('Proxy', {
      Subnets: [{ Ref: 'Public' }],
      SecurityGroups: [{ Ref: 'ProxyGroup' }],
      AssignPublicIp: 'ENABLED',
    }),
    EndpointGroup: group([SENTINEL]),
    Endpoint: ec2('VPCEndpoint', {
      ...vpc,
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-east-1.logs',
      SubnetIds: [{ Ref: 'Public' }],
      SecurityGroupIds: [{ Ref: 'EndpointGroup' }],
    }),
  };
}

function service(id: string, network: Fields): Resources {
  const { AssignPublicIp: address, ...rest } = network;
  const mark = id === 'Other' ? 'other' : id.toLowerCase();
  return {
    [`${id}Task`]: {
      Type: 'AWS::ECS::TaskDefinition',
      Metadata: { 'anchorhold:workload': mark },
      Properties: {
        NetworkMode: 'awsvpc',
        RequiresCompatibilities: ['FARGATE'],
        ContainerDefinitions: [{ Name: 'main' }],
      },
    },
    [id]: {
      Type: 'AWS::ECS::Service',
      Properties: {
        LaunchType: 'FARGATE',
        TaskDefinition: { Ref: `${id}Task` },
        NetworkConfiguration: {
          AwsvpcConfiguration: { ...rest, ...(address !== undefined && { AssignPublicIp: address }) },
        },
      },
    },
  };
}
