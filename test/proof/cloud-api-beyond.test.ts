import { ALL_OUT, closedCell, finding, group, judged, nat, propertiesOf, type Resources, route } from './templates';

const ref = (id: string) => ({ Ref: id });
const TCP_OUT = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const OURS = { StringEquals: { 'aws:PrincipalAccount': ref('AWS::AccountId') } };

const verdict = (resources: Resources) => finding(judged(resources), 'cloud-api', 'other endpoints');

test('the cloud’s public endpoints are reached by whoever reaches the internet', () => {
  const found = verdict({ ...closedCell(), ...nat(), Group: group([TCP_OUT]) });
  expect(found).toMatchObject({ verdict: 'open', reason: expect.stringContaining('public endpoints') });
  expect(found.path.map(({ id }) => id).slice(-2)).toEqual(['PublicDefault', 'Gateway']);
});

test('a way out that carries no TCP reaches no endpoint', () => {
  const udp = { ...TCP_OUT, IpProtocol: 'udp' };
  expect(verdict({ ...closedCell(), ...nat(), Group: group([udp]) }).verdict).toBe('closed');
});

test.each([
  ['a peering that no template holds', { VpcPeeringConnectionId: 'pcx-1' }],
  ['a transit gateway', { TransitGatewayId: 'tgw-1' }],
  ['a VPN gateway', { GatewayId: 'vgw-1' }],
  ['a core network', { CoreNetworkArn: 'arn:aws:networkmanager::1:core-network/1' }],
])('behind %s endpoints may stand, and that is unproven', (_what, target) => {
  const away = route({ DestinationCidrBlock: '10.8.0.0/16', ...target });
  const found = verdict({ ...closedCell(), Group: group([ALL_OUT]), Away: away });
  expect(found).toMatchObject({ verdict: 'unproven', missing: [{ id: expect.stringMatching(/^endpoints\(/) }] });
});

/** The agent's network is peered with another of the templates, where an endpoint admits it. */
function peered(policy?: object): Resources {
  return {
    ...closedCell(),
    Group: group([TCP_OUT]),
    Peer: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.8.0.0/16' } },
    PeerSubnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Peer'), CidrBlock: '10.8.1.0/24' } },
    Peering: { Type: 'AWS::EC2::VPCPeeringConnection', Properties: { VpcId: ref('Vpc'), PeerVpcId: ref('Peer') } },
    Away: route({ DestinationCidrBlock: '10.8.0.0/16', VpcPeeringConnectionId: ref('Peering') }),
    Admitting: group([], [{ ...TCP_OUT, CidrIp: '10.0.0.0/16' }], 'Peer'),
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: ref('Peer'),
        VpcEndpointType: 'Interface',
        ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.s3' },
        SubnetIds: [ref('PeerSubnet')],
        SecurityGroupIds: [ref('Admitting')],
        ...(policy && { PolicyDocument: policy }),
      },
    },
  };
}

const ofEndpoint = (resources: Resources) => finding(judged(resources), 'cloud-api', 'by Endpoint');

test('an endpoint of a peered network is judged as one at home', () => {
  const found = ofEndpoint(peered());
  expect(found.verdict).toBe('open');
  expect(found.path.map(({ id }) => id)).toEqual([
    ...['Service', 'Group', 'Subnet', 'Away', 'Peering', 'Admitting', 'Endpoint', 'Endpoint'],
  ]);
  const allow = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  expect(ofEndpoint(peered({ Statement: { ...allow, Condition: OURS } })).verdict).toBe('closed');
});

test('an endpoint of a peered network that no route leads to, or that admits nobody from here, isn’t reached', () => {
  const unrouted = peered();
  delete unrouted.Away;
  const shut = peered();
  shut.Admitting = group([], [{ ...TCP_OUT, CidrIp: '10.8.0.0/16' }], 'Peer');
  for (const resources of [unrouted, shut]) expect(verdict(resources).verdict).toBe('closed');
});

test('a peering is followed from whichever end asked for it', () => {
  const swapped = peered();
  Object.assign(propertiesOf(swapped, 'Peering'), { VpcId: ref('Peer'), PeerVpcId: ref('Vpc') });
  expect(ofEndpoint(swapped).verdict).toBe('open');
});
