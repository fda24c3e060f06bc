import type { Case } from './cases';
import { cell, type Resources, SENTINEL, type Shape, SHUT } from './cell';

type Fields = Record<string, unknown>;

const ec2 = (type: string, Properties: Fields): Resources[string] => ({ Type: `AWS::EC2::${type}`, Properties });
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const there = { VpcId: { Ref: 'Peer' } };
const PEERED = { VpcPeeringConnectionId: { Ref: 'Peering' } };
const TO_NAT = [
  { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: { Ref: 'Nat' } },
  { DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: { Ref: 'Nat' } },
];

/** An endpoint without a policy in a network that is peered with the agent's, and whom its group admits. */
const far = (ingress: Fields): Resources => ({
  Peer: ec2('VPC', { CidrBlock: '10.1.0.0/16' }),
  FarSubnet: ec2('Subnet', { ...there, CidrBlock: '10.1.5.0/24' }),
  FarGroup: ec2('SecurityGroup', {
    ...{ ...there, GroupDescription: 'one', SecurityGroupEgress: [SENTINEL] },
    SecurityGroupIngress: [{ ...https, ...ingress }],
  }),
  Far: ec2('VPCEndpoint', {
    ...{ ...there, VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.us-east-1.logs' },
    ...{ SubnetIds: [{ Ref: 'FarSubnet' }], SecurityGroupIds: [{ Ref: 'FarGroup' }] },
  }),
});

/** An endpoint beside the agent, with one condition on who may do everything. */
const near = (Condition: Fields): Resources => ({
  NearGroup: ec2('SecurityGroup', {
    ...{ VpcId: { Ref: 'Vpc' }, GroupDescription: 'one', SecurityGroupEgress: [SENTINEL] },
    SecurityGroupIngress: [{ ...https, CidrIp: '10.0.0.0/16' }],
  }),
  Near: ec2('VPCEndpoint', {
    ...{ VpcId: { Ref: 'Vpc' }, VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.us-east-1.logs' },
    ...{ SubnetIds: [{ Ref: 'Private' }], SecurityGroupIds: [{ Ref: 'NearGroup' }] },
    PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition }] },
  }),
});

const one = (
  name: string,
  [leaks, verdict]: readonly [boolean, Case['verdict']],
  shape: Partial<Shape>,
  more: Resources,
): Case => ({ name, claim: 'cloud-api', template: cell({ ...SHUT, ...shape }, more), leaks, verdict });

const OUT = { egress: [{ ...https, CidrIp: '10.0.0.0/8' }] };
const ROUTED = { ...OUT, routes: [{ DestinationCidrBlock: '10.1.0.0/16', ...PEERED }] };
const HIDDEN = { ...OUT, routes: TO_NAT, publicRoutes: [{ DestinationCidrBlock: '10.1.0.0/16', ...PEERED }] };
const BY_GROUP = [{ ...https, DestinationSecurityGroupId: { Ref: 'FarGroup' } }];
const OPEN = [true, 'open'] as const;
const CLOSED = [false, 'closed'] as const;

/** Endpoints of the cloud behind a peering or a transit gateway, and policies that the caller fills in himself. */
export const BEYOND_CASES: readonly Case[] = [
  one('an endpoint of a peered network that admits the agent’s', OPEN, ROUTED, far({ CidrIp: '10.0.1.0/24' })),
  one('the same without a route to it', CLOSED, OUT, far({ CidrIp: '10.0.1.0/24' })),
  one('the same that admits another subnet alone', CLOSED, ROUTED, far({ CidrIp: '10.0.2.0/24' })),
  one('NAT on the way, whose own subnet is admitted', OPEN, HIDDEN, far({ CidrIp: '10.0.2.0/24' })),
  one('NAT on the way, where the agent’s own subnet is admitted', CLOSED, HIDDEN, far({ CidrIp: '10.0.1.0/24' })),
  one(
    'NAT of addresses of the sixth version on the way',
    OPEN,
    { ...HIDDEN, v6: true, egress: [{ ...https, CidrIpv6: '64:ff9b::/96' }] },
    far({ CidrIp: '10.0.2.0/24' }),
  ),
  one(
    'a rule that names the endpoint’s group, and NAT on the way',
    OPEN,
    { ...HIDDEN, egress: BY_GROUP },
    far({ CidrIp: '10.0.2.0/24' }),
  ),
  one(
    'a rule that names the endpoint’s group, and NAT and a transit gateway on the way',
    [true, 'unproven'],
    {
      ...{ egress: BY_GROUP, routes: TO_NAT },
      publicRoutes: [{ DestinationCidrBlock: '10.1.0.0/16', TransitGatewayId: { Ref: 'Transit' } }],
    },
    {
      ...far({ CidrIp: '10.0.2.0/24' }),
      FarAttachment: ec2('TransitGatewayAttachment', {
        ...{ ...there, TransitGatewayId: { Ref: 'Transit' }, SubnetIds: [{ Ref: 'FarSubnet' }] },
      }),
    },
  ),
  ...[
    ['aws:ResourceAccount', '${aws:PrincipalAccount}'],
    ['aws:PrincipalAccount', '${aws:ResourceAccount}'],
    ['aws:ResourceOrgID', '${aws:PrincipalOrgID}'],
  ].map(([key = '', value]) =>
    one(
      `an endpoint’s policy by which ${key} is ${value}`,
      OPEN,
      { egress: [{ ...https, CidrIp: '10.0.0.0/16' }] },
      near({ StringEquals: { [key]: value } }),
    ),
  ),
  one(
    'an endpoint’s policy by which both accounts are one, and that is ours',
    CLOSED,
    { egress: [{ ...https, CidrIp: '10.0.0.0/16' }] },
    near({
      StringEquals: {
        'aws:PrincipalAccount': { Ref: 'AWS::AccountId' },
        'aws:ResourceAccount': '${aws:PrincipalAccount}',
      },
    }),
  ),
];
