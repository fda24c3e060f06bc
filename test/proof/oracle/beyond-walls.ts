import fc from 'fast-check';
import { type Resources, SENTINEL, type Shape, SHUT } from './cell';
import { endpointPolicies } from './endpoint-policies';

type Fields = Record<string, unknown>;

const ec2 = (type: string, Properties: Fields): Resources[string] => ({ Type: `AWS::EC2::${type}`, Properties });
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const PEER = '10.1.0.0/16';
/** A second range of the peer's, and where the endpoint's subnet is in either. */
const MORE = { range: '100.64.0.0/16', subnet: '100.64.7.0/24' };

const egress = fc.constantFrom<readonly Fields[]>(
  ...[[{ ...https, CidrIp: '10.0.0.0/8' }], [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }], [{ ...https, CidrIp: PEER }]],
  ...[[{ ...https, CidrIp: PEER }], [{ ...https, CidrIp: '10.0.0.0/8' }], [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }]],
  ...[
    [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
    [{ ...https, CidrIp: MORE.range }],
    [{ ...https, CidrIp: '10.1.5.0/24' }],
  ],
  ...[[{ IpProtocol: 'udp', FromPort: 443, ToPort: 443, CidrIp: PEER }], [{ ...https, CidrIp: { Ref: 'Range' } }], []],
  ...[
    [{ ...https, CidrIpv6: '::/0' }],
    [{ ...https, CidrIpv6: '64:ff9b::/96' }],
    [{ ...https, DestinationSecurityGroupId: { Ref: 'FarGroup' } }],
  ],
);
const hop = fc.constantFrom<Fields>(
  ...[{ VpcPeeringConnectionId: { Ref: 'Peering' } }, { VpcPeeringConnectionId: { Ref: 'Peering' } }],
  ...[{ VpcPeeringConnectionId: { Ref: 'Peering' } }, { VpcPeeringConnectionId: { Ref: 'Peering' } }],
  ...[{ VpcPeeringConnectionId: { Ref: 'Peering' } }, { VpcPeeringConnectionId: { Ref: 'Peering' } }],
  ...[{ TransitGatewayId: { Ref: 'Transit' } }, { VpcPeeringConnectionId: { Ref: 'ForeignPeering' } }],
  { GatewayId: { Ref: 'Vpn' } },
);
const range = fc.constantFrom(PEER, PEER, PEER, '10.0.0.0/8', '0.0.0.0/0', '10.1.6.0/24', MORE.range);
const route = fc.tuple(range, hop).map(([DestinationCidrBlock, by]): Fields => ({ DestinationCidrBlock, ...by }));
const route6 = hop.map((by): Fields => ({ DestinationIpv6CidrBlock: '2000::/3', ...by }));
const routes = fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: route }, { weight: 1, arbitrary: route6 }), {
  maxLength: 2,
  minLength: 1,
  selector: (one) => String(one.DestinationCidrBlock ?? one.DestinationIpv6CidrBlock),
});

/** By a route of the agent's own subnet, or through NAT in the other one, whose address is what the far side sees. */
const ways: fc.Arbitrary<Partial<Shape>> = fc.oneof(
  { weight: 5, arbitrary: routes.map((its): Partial<Shape> => ({ routes: its })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(routes, fc.constantFrom<'public' | 'private'>('public', 'private'))
      .map(([publicRoutes, natKind]) => ({
        ...{ publicRoutes, natKind },
        routes: [
          { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: { Ref: 'Nat' } },
          { DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: { Ref: 'Nat' } },
        ],
      })),
  },
);

const admits = fc.constantFrom<Fields>(
  ...[
    { ...https, CidrIp: '10.0.2.0/24' },
    { ...https, CidrIp: '10.0.2.0/24' },
  ],
  ...[
    { ...https, CidrIp: '10.0.0.0/16' },
    { ...https, CidrIp: '10.0.0.0/8' },
    { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
  ],
  ...[
    { ...https, CidrIp: '10.0.0.0/16' },
    { ...https, CidrIp: '10.0.0.0/8' },
    { ...https, CidrIp: '10.0.1.0/24' },
  ],
  ...[
    { ...https, CidrIp: '10.0.2.0/24' },
    { ...https, CidrIp: PEER },
    { IpProtocol: '-1', CidrIp: { Ref: 'Range' } },
  ],
  ...[
    { ...https, SourceSecurityGroupId: { Ref: 'AgentGroup' } },
    { ...https, CidrIpv6: '2001:db8:1::/56' },
  ],
  { IpProtocol: 'udp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' },
);

const everything = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const OURS = { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } };
const policy = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fields>({ ServiceName: 'com.amazonaws.us-east-1.logs' }) },
  {
    weight: 2,
    arbitrary: fc.constant<Fields>({
      ServiceName: 'com.amazonaws.us-east-1.s3',
      PolicyDocument: { Statement: [{ ...everything, Condition: OURS }] },
    }),
  },
  {
    weight: 2,
    arbitrary: endpointPolicies.map(({ Reached }): Fields => {
      const { ServiceName, PolicyDocument } = Reached?.Properties ?? {};
      return { ServiceName, ...(PolicyDocument !== undefined && { PolicyDocument }) };
    }),
  },
);

/** Who is joined to whom: the agent's network asks or is asked, or the endpoint's is one peering further. */
const peerings = fc.constantFrom<readonly [from: string, to: string, holder: string]>(
  ...([
    ['Vpc', 'Peer', 'Peer'],
    ['Vpc', 'Peer', 'Peer'],
    ['Peer', 'Vpc', 'Peer'],
    ['Vpc', 'Peer', 'Third'],
  ] as const),
);

const list = fc.constantFrom<readonly Fields[] | undefined>(
  ...[undefined, undefined, undefined],
  [{ RuleAction: 'allow', Protocol: 6, PortRange: { From: 443, To: 443 }, CidrBlock: '10.0.0.0/16' }],
  [{ RuleAction: 'allow', Protocol: -1, CidrBlock: '10.0.2.0/24' }],
  [
    { RuleAction: 'deny', Protocol: -1, CidrBlock: '10.0.1.0/24' },
    { RuleAction: 'allow', Protocol: -1, CidrBlock: '0.0.0.0/0' },
  ],
);

function accessList(entries: readonly Fields[] | undefined, there: Fields): Resources {
  if (entries === undefined) return {};
  const named = entries.map((entry, index) => [
    `FarAclEntry${index}`,
    ec2('NetworkAclEntry', { NetworkAclId: { Ref: 'FarAcl' }, RuleNumber: 100 + index, Egress: false, ...entry }),
  ]);
  return {
    FarAcl: ec2('NetworkAcl', there),
    FarAclAssociation: ec2('SubnetNetworkAclAssociation', {
      SubnetId: { Ref: 'FarSubnet' },
      NetworkAclId: { Ref: 'FarAcl' },
    }),
    ...(Object.fromEntries(named) as Resources), // pairs of names and resources
  };
}

/** An endpoint of the cloud in a network that the agent's is joined to, or nearly. */
export const farEndpoint: fc.Arbitrary<Resources> = fc
  .tuple(admits, policy, peerings, list, fc.constantFrom(false, false, false, true), fc.boolean(), fc.boolean())
  .map(([ingress, its, [from, to, holder], entries, isSecond, isJoined, isWanted]): Resources => {
    const there = { VpcId: { Ref: holder } };
    const group = ec2('SecurityGroup', {
      ...{ ...there, GroupDescription: 'one', SecurityGroupEgress: [SENTINEL], SecurityGroupIngress: [ingress] },
    });
    return {
      Peer: ec2('VPC', { CidrBlock: PEER }),
      Peering: ec2('VPCPeeringConnection', { VpcId: { Ref: from }, PeerVpcId: { Ref: to } }),
      ...(holder === 'Third' && {
        Third: ec2('VPC', { CidrBlock: '10.3.0.0/16' }),
        ThirdPeering: ec2('VPCPeeringConnection', { VpcId: { Ref: 'Peer' }, PeerVpcId: { Ref: 'Third' } }),
      }),
      ...(isSecond && { FarRange: ec2('VPCCidrBlock', { ...there, CidrBlock: MORE.range }) }),
      Far6: ec2('VPCCidrBlock', { ...there, Ipv6CidrBlock: '2001:db8:2::/56', Ipv6Pool: 'ipv6pool-ec2-0' }),
      FarSubnet: ec2('Subnet', {
        ...{
          ...there,
          CidrBlock: isSecond ? MORE.subnet : holder === 'Peer' ? '10.1.5.0/24' : '10.3.5.0/24',
          Ipv6CidrBlock: '2001:db8:2:5::/64',
        },
      }),
      FarGroup: group,
      Far: {
        ...ec2('VPCEndpoint', {
          ...{ ...there, ...its, VpcEndpointType: 'Interface' },
          ...{ SubnetIds: [{ Ref: 'FarSubnet' }], SecurityGroupIds: [{ Ref: 'FarGroup' }] },
        }),
        ...(isWanted && isSecond && { Condition: 'Wanted' }),
      },
      ...(isJoined && {
        Transit: ec2('TransitGateway', {}),
        FarAttachment: ec2('TransitGatewayAttachment', {
          ...{ ...there, TransitGatewayId: { Ref: 'Transit' }, SubnetIds: [{ Ref: 'FarSubnet' }] },
        }),
      }),
      ...accessList(entries, there),
    };
  });

/** Where NAT is on the way, the rules that lead there differ from those that name the far side's addresses. */
const hidden = fc.constantFrom<readonly Fields[]>(
  ...[[{ ...https, DestinationSecurityGroupId: { Ref: 'FarGroup' } }], [{ ...https, CidrIpv6: '64:ff9b::/96' }]],
  ...[[{ ...https, CidrIp: '10.0.0.0/8' }], [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }]],
);

/** A cell whose agent may send to where such an endpoint is. */
export const beyondShape: fc.Arbitrary<Shape> = fc
  .tuple(
    egress,
    hidden,
    ways,
    fc.boolean(),
    fc.constantFrom<string | undefined>(undefined, undefined, undefined, 'Route0'),
  )
  .map(([its, other, way, v6, conditional]) => ({
    ...{ ...SHUT, v6, conditional, ...way },
    egress: way.publicRoutes === undefined ? its : other,
  }));
