import fc from 'fast-check';
import type { Resources } from './cell';

const RANGES = ['0.0.0.0/0', '8.8.8.0/24', '128.0.0.0/1', '10.0.0.0/8', '52.216.0.0/15'];
const sides = fc.constantFrom('Private', 'Public');

const entry = fc.record({
  RuleNumber: fc.integer({ min: 1, max: 300 }),
  Egress: fc.constantFrom(true, true, false),
  RuleAction: fc.constantFrom('allow', 'allow', 'deny'),
  where: fc.oneof(
    fc.constantFrom(...RANGES).map((CidrBlock) => ({ CidrBlock })),
    fc.constant({ Ipv6CidrBlock: '::/0' }),
  ),
  how: fc.constantFrom<Record<string, unknown>>(
    { Protocol: -1 },
    { Protocol: -1 },
    { Protocol: 6, PortRange: { From: 443, To: 443 } },
    { Protocol: '6', PortRange: { From: 0, To: 1023 } },
    { Protocol: 17, PortRange: { From: 53, To: 53 } },
  ),
});

/** An access list of one subnet; entries in one direction have numbers of their own. */
const acl = fc
  .tuple(
    sides,
    fc.uniqueArray(entry, { maxLength: 4, selector: ({ RuleNumber, Egress }) => `${RuleNumber} ${Egress}` }),
  )
  .map(([side, entries]): Resources => {
    const id = `${side}Acl`;
    return {
      [id]: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: { Ref: 'Vpc' } } },
      [`${id}Association`]: {
        Type: 'AWS::EC2::SubnetNetworkAclAssociation',
        Properties: { SubnetId: { Ref: side }, NetworkAclId: { Ref: id } },
      },
      ...Object.fromEntries(
        entries.map(({ where, how, ...rest }, index) => [
          `${id}Entry${index}`,
          {
            Type: 'AWS::EC2::NetworkAclEntry',
            Properties: { NetworkAclId: { Ref: id }, ...rest, ...where, ...how },
          },
        ]),
      ),
    };
  });

const admits = fc.constantFrom<Record<string, unknown>>(
  { CidrIp: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] } },
  { CidrIp: '10.0.2.0/24' },
  { SourceSecurityGroupId: { Ref: 'AgentGroup' } },
  { CidrIpv6: '2001:db8:1::/56' },
);

/** A neighbour's, or an endpoint's, group lets somebody in. */
const ingress = fc
  .tuple(fc.constantFrom('OtherGroup', 'EndpointGroup'), admits, fc.constantFrom('-1', 'tcp'))
  .map(([group, from, protocol]): Resources => ({
    [`${group}Ingress`]: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: { 'Fn::GetAtt': [group, 'GroupId'] },
        IpProtocol: protocol,
        ...(protocol === 'tcp' && { FromPort: 443, ToPort: 443 }),
        ...from,
      },
    },
  }));

/** A gateway endpoint in one of the tables. */
const storage = sides.map((side): Resources => ({
  Storage: {
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: {
      VpcEndpointType: 'Gateway',
      VpcId: { Ref: 'Vpc' },
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [{ Ref: `${side}Table` }],
    },
  },
}));

const propagation = sides.map((side): Resources => ({
  Propagation: {
    Type: 'AWS::EC2::VPNGatewayRoutePropagation',
    Properties: { RouteTableIds: [{ Ref: `${side}Table` }], VpnGatewayId: { Ref: 'Vpn' } },
  },
}));

/** Further resources beside the cell: access lists, what neighbours admit, endpoints, propagated routes. */
export const walls: fc.Arbitrary<Resources> = fc.oneof(
  { weight: 4, arbitrary: acl },
  { weight: 4, arbitrary: ingress },
  { weight: 2, arbitrary: storage },
  { weight: 1, arbitrary: propagation },
);
