import { ALL_OUT, ALL_OUT_V6, closedCell, finding, group, judged, type Resources, verdicts } from './templates';

const ref = (id: string) => ({ Ref: id });

/** The agent's subnet and, beside it, another with a balancer that admits everything; a list before each that is wanted. */
function neighbours(
  entries: readonly object[],
  at: 'Subnet' | 'Other' = 'Subnet',
  association: object = {},
): Resources {
  const lists = entries.map((entry, index) => [
    `Entry${index}`,
    { Type: 'AWS::EC2::NetworkAclEntry', Properties: { NetworkAclId: ref('List'), Protocol: -1, ...entry } },
  ]);
  return {
    ...closedCell(),
    Group: group([ALL_OUT, ALL_OUT_V6]),
    Other: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock: '10.0.2.0/24' } },
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Type: 'network', Scheme: 'internal', Subnets: [ref('Other')] },
    },
    List: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: ref('Vpc') } },
    Listed: {
      Type: 'AWS::EC2::SubnetNetworkAclAssociation',
      Properties: { SubnetId: ref(at), NetworkAclId: ref('List') },
      ...association,
    },
    // Lists of entries with names of their own.
    ...(Object.fromEntries(lists) as Resources),
  };
}

const OUT = { Egress: true, RuleNumber: 100, CidrBlock: '0.0.0.0/0' };
const IN = { ...OUT, Egress: false };
const near = (resources: Resources) => verdicts(judged(resources), 'neighbour')['network load balancer (Balancer)'];

test('a list that refuses what goes to another subnet keeps a neighbour there out of reach', () => {
  expect(near(neighbours([{ ...OUT, RuleAction: 'allow' }]))).toBe('open');
  expect(
    near(
      neighbours([
        { ...OUT, CidrBlock: '10.0.2.0/24', RuleNumber: 1, RuleAction: 'deny' },
        { ...OUT, RuleAction: 'allow' },
      ]),
    ),
  ).toBe(undefined);
  // A list without an entry refuses everything.
  expect(near(neighbours([]))).toBe(undefined);
});

test('so does the list of the neighbour’s own subnet', () => {
  expect(near(neighbours([{ ...IN, RuleAction: 'allow' }], 'Other'))).toBe('open');
  expect(
    near(
      neighbours(
        [
          { ...IN, CidrBlock: '10.0.1.0/24', RuleNumber: 1, RuleAction: 'deny' },
          { ...IN, RuleAction: 'allow' },
        ],
        'Other',
      ),
    ),
  ).toBe(undefined);
});

test('a list of one port leaves the others', () => {
  const ssh = { Protocol: 6, PortRange: { From: 22, To: 22 }, RuleNumber: 1, RuleAction: 'deny' };
  expect(
    near(
      neighbours([
        { ...OUT, ...ssh },
        { ...OUT, RuleAction: 'allow' },
      ]),
    ),
  ).toBe('open');
});

test('a list that may not be there, or an entry that may not, keeps nothing', () => {
  expect(near(neighbours([], 'Subnet', { Condition: 'Maybe' }))).toBe('open');
  const refusal = { ...OUT, RuleNumber: 1, RuleAction: 'deny', CidrBlock: ref('Range') };
  expect(near(neighbours([refusal, { ...OUT, RuleAction: 'allow' }]))).toBe('unproven');
});

test('which of two ranges an entry has nobody knows, so it keeps nothing', () => {
  const both = { ...OUT, RuleNumber: 1, RuleAction: 'deny', CidrBlock: '10.0.2.0/24', Ipv6CidrBlock: '::/0' };
  expect(near(neighbours([both, { ...OUT, RuleAction: 'allow' }]))).toBe('unproven');
});

test('inside one subnet no list is asked', () => {
  const resources = neighbours([]);
  // Both stand in the agent's subnet.
  resources.Balancer = {
    ...resources.Balancer,
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: { Type: 'network', Scheme: 'internal', Subnets: [ref('Subnet')] },
  };
  expect(near(resources)).toBe('open');
});

test('addresses of IPv6 that a subnet may have pass where the list allows them', () => {
  const resources = neighbours([{ ...OUT, CidrBlock: undefined, Ipv6CidrBlock: '::/0', RuleAction: 'allow' }]);
  expect(near(resources)).toBe(undefined);
  resources.Six = {
    Type: 'AWS::EC2::SubnetCidrBlock',
    Properties: { SubnetId: ref('Other'), Ipv6CidrBlock: '2001:db8::/64' },
  };
  expect(near(resources)).toBe('open');
  expect(finding(judged(resources), 'neighbour', 'Balancer').path.map(({ id }) => id)).toContain('Balancer');
});
