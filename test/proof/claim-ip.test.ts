import {
  ALL_OUT,
  ALL_OUT_V6,
  closedCell,
  finding,
  group,
  internetGateway,
  judged,
  nat,
  propertiesOf,
  type Resources,
  route,
  verdicts,
} from './templates';

const V4 = 'the internet (IPv4)';
const V6 = 'the internet (IPv6)';
const hops = (resources: Resources, destination = V4) =>
  finding(judged(resources), 'ip', destination).path.map(({ id }) => id);

/** The agent's subnet in the open: a group that lets everything out, and more resources. */
function cell(more: Resources, egress: readonly object[] | undefined = [ALL_OUT]): Resources {
  return { ...closedCell(), Group: group(egress), ...more };
}

test('closes a subnet without a route out, even where the group lets everything out', () => {
  expect(verdicts(judged(closedCell()), 'ip')).toEqual({ [V4]: 'closed', [V6]: 'closed' });
  expect(verdicts(judged(cell({})), 'ip')).toEqual({ [V4]: 'closed', [V6]: 'closed' });
});

test('opens a public subnet with a public address, and names each hop', () => {
  const resources = cell(internetGateway());
  expect(finding(judged(resources), 'ip', V4).verdict).toBe('closed');
  propertiesOf(resources, 'Service').NetworkConfiguration = {
    AwsvpcConfiguration: {
      Subnets: [{ Ref: 'Subnet' }],
      SecurityGroups: [{ Ref: 'Group' }],
      AssignPublicIp: 'ENABLED',
    },
  };
  expect(hops(resources)).toEqual(['Service', 'Group', 'Subnet', 'Default', 'Gateway']);
  expect(finding(judged(resources), 'ip', V4)).toMatchObject({
    verdict: 'open',
    change: 'remove the rule Group SecurityGroupEgress[0]',
  });
});

test('opens NAT, on through the public subnet to the gateway', () => {
  expect(hops(cell(nat()))).toEqual([
    'Service',
    'Group',
    'Subnet',
    'Default',
    'Nat',
    'Public',
    'PublicDefault',
    'Gateway',
  ]);
});

test('closes NAT for a group that lets nothing out, and for one that names only groups', () => {
  expect(finding(judged({ ...closedCell(), ...nat() }), 'ip', V4).verdict).toBe('closed');
  const toGroup = { DestinationSecurityGroupId: { Ref: 'Group' }, IpProtocol: '-1' };
  expect(finding(judged(cell(nat(), [toGroup])), 'ip', V4).verdict).toBe('closed');
});

test('takes a group without an egress rule of its own for allow-all, also beside separate rules', () => {
  const resources: Resources = { ...closedCell(), ...nat(), Group: group(undefined) };
  resources.Rule = {
    Type: 'AWS::EC2::SecurityGroupEgress',
    Properties: { GroupId: { Ref: 'Group' }, DestinationSecurityGroupId: { Ref: 'Group' }, IpProtocol: '-1' },
  };
  expect(finding(judged(resources), 'ip', V4)).toMatchObject({
    verdict: 'open',
    change: expect.stringContaining('state an egress rule in Group'),
  });
});

test('counts a rule that is a resource of its own', () => {
  const resources = { ...closedCell(), ...nat() };
  resources.Rule = {
    Type: 'AWS::EC2::SecurityGroupEgress',
    Properties: { GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] }, ...ALL_OUT },
  };
  expect(hops(resources)).toContain('Rule');
});

test('takes the default group for open when a service names none, and for closed when the CDK has emptied it', () => {
  const resources = { ...closedCell(), ...nat() };
  propertiesOf(resources, 'Service').NetworkConfiguration = { AwsvpcConfiguration: { Subnets: [{ Ref: 'Subnet' }] } };
  expect(hops(resources)).toContain('Vpc.DefaultSecurityGroup');
  resources.Emptied = {
    Type: 'Custom::VpcRestrictDefaultSG',
    Properties: { DefaultSecurityGroupId: { 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] } },
  };
  expect(finding(judged(resources), 'ip', V4).verdict).toBe('closed');
});

test('opens IPv6 by an egress-only gateway, only where the subnet has IPv6 and the group lets it out', () => {
  const egressOnly = {
    Only: { Type: 'AWS::EC2::EgressOnlyInternetGateway', Properties: { VpcId: { Ref: 'Vpc' } } },
    Six: route({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: { Ref: 'Only' } }),
  };
  const range = {
    Range: {
      Type: 'AWS::EC2::SubnetCidrBlock',
      Properties: { SubnetId: { Ref: 'Subnet' }, Ipv6CidrBlock: 'fd00:1::/64' },
    },
  };
  expect(finding(judged(cell(egressOnly, [ALL_OUT_V6])), 'ip', V6).verdict).toBe('closed');
  expect(finding(judged(cell({ ...egressOnly, ...range })), 'ip', V6).verdict).toBe('closed');
  const open = cell({ ...egressOnly, ...range }, [ALL_OUT_V6]);
  expect(finding(judged(open), 'ip', V6).verdict).toBe('open');
  expect(finding(judged(open), 'ip', V4).verdict).toBe('closed');
});

test('opens a peering, and closes it for a group that reaches other addresses', () => {
  const peered = {
    Peer: { Type: 'AWS::EC2::VPCPeeringConnection', Properties: { VpcId: { Ref: 'Vpc' }, PeerVpcId: 'vpc-1' } },
    ToPeer: route({ DestinationCidrBlock: '10.9.0.0/16', VpcPeeringConnectionId: { Ref: 'Peer' } }),
  };
  expect(finding(judged(cell(peered)), 'ip', 'the peered network').path.map(({ id }) => id)).toEqual([
    'Service',
    'Group',
    'Subnet',
    'ToPeer',
    'Peer',
  ]);
  expect(verdicts(judged(cell(peered, [{ ...ALL_OUT, CidrIp: '10.8.0.0/16' }])), 'ip')).toEqual({
    [V4]: 'closed',
    [V6]: 'closed',
  });
});

test('follows the most specific route, and the network’s own before any', () => {
  const resources = cell(nat(), [{ ...ALL_OUT, CidrIp: '10.0.0.0/16' }]);
  expect(finding(judged(resources), 'ip', V4).verdict).toBe('closed');
  const beyond = cell(
    { ...nat(), Narrow: route({ DestinationCidrBlock: '192.0.2.0/24', TransitGatewayId: 'tgw-1' }) },
    [{ ...ALL_OUT, CidrIp: '192.0.2.7/32' }],
  );
  expect(verdicts(judged(beyond), 'ip')).toMatchObject({
    // What stands behind it may have NAT.
    [V4]: 'unproven',
    [V6]: 'closed',
    'whatever is attached to a transit gateway': 'open',
  });
});

test('honours a network access list that refuses before it allows, and not the other way round', () => {
  const list = (deny: number) => ({
    Acl: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: { Ref: 'Vpc' } } },
    Deny: entry(deny, 'deny'),
    Allow: entry(200, 'allow'),
    AclAssociation: {
      Type: 'AWS::EC2::SubnetNetworkAclAssociation',
      Properties: { SubnetId: { Ref: 'Subnet' }, NetworkAclId: { Ref: 'Acl' } },
    },
  });
  expect(finding(judged(cell({ ...nat(), ...list(100) })), 'ip', V4).verdict).toBe('closed');
  expect(finding(judged(cell({ ...nat(), ...list(300) })), 'ip', V4).verdict).toBe('open');
});

function entry(number: number, action: string): Resources[string] {
  return {
    Type: 'AWS::EC2::NetworkAclEntry',
    Properties: {
      NetworkAclId: { Ref: 'Acl' },
      RuleNumber: number,
      RuleAction: action,
      Egress: true,
      Protocol: -1,
      CidrBlock: '0.0.0.0/0',
    },
  };
}
