import type { Hole } from './holes';
import { subnet } from './sealed-cell';
import { ALL_OUT, ALL_OUT_V6, propertiesOf, type Resources, route } from './templates';

const ref = (id: string) => ({ Ref: id });
const EVERYWHERE = { DestinationCidrBlock: '0.0.0.0/0' };
const EVERYWHERE_V6 = { DestinationIpv6CidrBlock: '::/0' };

function egress(r: Resources, rule: object = ALL_OUT): void {
  (propertiesOf(r, 'Group').SecurityGroupEgress as object[]).push(rule);
}

function gateway(r: Resources): void {
  r.Gateway = { Type: 'AWS::EC2::InternetGateway' };
  r.Attachment = {
    Type: 'AWS::EC2::VPCGatewayAttachment',
    Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
  };
}

function nat(r: Resources): void {
  gateway(r);
  Object.assign(r, subnet('Public', 'Vpc', '10.0.2.0/24', 'PublicTable'));
  r.PublicDefault = {
    Type: 'AWS::EC2::Route',
    Properties: { RouteTableId: ref('PublicTable'), ...EVERYWHERE, GatewayId: ref('Gateway') },
  };
  r.Nat = { Type: 'AWS::EC2::NatGateway', Properties: { SubnetId: ref('Public') } };
}

function natRoute(r: Resources): void {
  nat(r);
  r.Default = route({ ...EVERYWHERE, NatGatewayId: ref('Nat') });
}

function network(r: Resources): Record<string, unknown> {
  return (propertiesOf(r, 'Service').NetworkConfiguration as { AwsvpcConfiguration: Record<string, unknown> })
    .AwsvpcConfiguration;
}

const ip = (hole: string, make: Hole['make']): Hole => ({ hole, claim: 'ip', make });

const beyond = Object.entries({
  TransitGatewayId: 'tgw-1',
  CoreNetworkArn: 'arn:aws:networkmanager::1:core-network/1',
  LocalGatewayId: 'lgw-1',
  CarrierGatewayId: 'cagw-1',
  InstanceId: 'i-1',
  NetworkInterfaceId: 'eni-1',
  VpcEndpointId: 'vpce-1',
  GatewayId: 'vgw-1',
  VpcPeeringConnectionId: 'pcx-1',
});

const acl = (entries: readonly object[]) => (r: Resources) => {
  egress(r);
  natRoute(r);
  r.Acl = { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: ref('Vpc') } };
  r.AclAssociation = {
    Type: 'AWS::EC2::SubnetNetworkAclAssociation',
    Properties: { SubnetId: ref('Subnet'), NetworkAclId: ref('Acl') },
  };
  for (const [index, entry] of entries.entries())
    r[`Entry${index}`] = {
      Type: 'AWS::EC2::NetworkAclEntry',
      Properties: { NetworkAclId: ref('Acl'), Protocol: -1, ...entry },
    };
};
const ALLOW = { Egress: true, RuleNumber: 100, RuleAction: 'allow', CidrBlock: '0.0.0.0/0' };

/** Ways of packets out of the agent's network. */
export const NETWORK_HOLES: readonly Hole[] = [
  ip('NAT and a rule inside the group', (r) => (egress(r), natRoute(r))),
  ip('NAT and a rule beside the group', (r) => {
    natRoute(r);
    r.Out = { Type: 'AWS::EC2::SecurityGroupEgress', Properties: { GroupId: ref('Group'), ...ALL_OUT } };
  }),
  ip('NAT and a rule for one port', (r) => {
    egress(r, { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 53, ToPort: 53 });
    natRoute(r);
  }),
  ip('NAT and a prefix list', (r) => (egress(r, { DestinationPrefixListId: 'pl-1', IpProtocol: '-1' }), natRoute(r))),
  ip('a group without egress of its own', (r) => {
    delete propertiesOf(r, 'Group').SecurityGroupEgress;
    natRoute(r);
  }),
  ip('the network’s default group', (r) => {
    delete network(r).SecurityGroups;
    natRoute(r);
  }),
  ip('a gateway and a public address', (r) => {
    egress(r);
    gateway(r);
    r.Default = route({ ...EVERYWHERE, GatewayId: ref('Gateway') });
    network(r).AssignPublicIp = 'ENABLED';
  }),
  ip('IPv6 by a range beside the subnet', (r) => {
    egress(r, ALL_OUT_V6);
    r.Range = {
      Type: 'AWS::EC2::SubnetCidrBlock',
      Properties: { SubnetId: ref('Subnet'), Ipv6CidrBlock: '2600::/64' },
    };
    r.Only6 = { Type: 'AWS::EC2::EgressOnlyInternetGateway', Properties: { VpcId: ref('Vpc') } };
    r.Default = route({ ...EVERYWHERE_V6, EgressOnlyInternetGatewayId: ref('Only6') });
  }),
  ip('IPv6 by a range of the subnet', (r) => {
    egress(r, ALL_OUT_V6);
    gateway(r);
    propertiesOf(r, 'Subnet').Ipv6CidrBlock = '2600::/64';
    r.Default = route({ ...EVERYWHERE_V6, GatewayId: ref('Gateway') });
  }),
  ip('IPv6 by a pool of addresses', (r) => {
    egress(r, ALL_OUT_V6);
    gateway(r);
    Object.assign(propertiesOf(r, 'Subnet'), { Ipv6IpamPoolId: 'ipam-pool-1', Ipv6NetmaskLength: 64 });
    r.Default = route({ ...EVERYWHERE_V6, GatewayId: ref('Gateway') });
  }),
  ip('an IPv6 subnet alone', (r) => {
    egress(r, ALL_OUT_V6);
    gateway(r);
    Object.assign(propertiesOf(r, 'Subnet'), { Ipv6Native: true, AssignIpv6AddressOnCreation: true });
    r.Default = route({ ...EVERYWHERE_V6, GatewayId: ref('Gateway') });
  }),
  ...beyond.map(([name, value]) =>
    ip(`a route to ${name}`, (r) => {
      egress(r);
      r.Away = route({ DestinationCidrBlock: '192.168.0.0/16', [name]: value });
    }),
  ),
  ip('a peering of the templates', (r) => {
    egress(r);
    r.Peering = {
      Type: 'AWS::EC2::VPCPeeringConnection',
      Properties: { VpcId: ref('Vpc'), PeerVpcId: ref('Proxies') },
    };
    r.Away = route({ DestinationCidrBlock: '10.9.0.0/16', VpcPeeringConnectionId: ref('Peering') });
  }),
  ip('routes of a VPN', (r) => {
    egress(r);
    r.Vpn = { Type: 'AWS::EC2::VPNGateway', Properties: { Type: 'ipsec.1' } };
    r.Propagation = {
      Type: 'AWS::EC2::VPNGatewayRoutePropagation',
      Properties: { VpnGatewayId: ref('Vpn'), RouteTableIds: [ref('Table')] },
    };
  }),
  ip('a route more specific than the network', (r) => {
    egress(r);
    r.Away = route({ DestinationCidrBlock: '10.0.128.0/17', NetworkInterfaceId: 'eni-1' });
  }),
  ip('a range of the network that may not be there', (r) => {
    egress(r, { CidrIp: '10.50.0.0/16', IpProtocol: '-1' });
    r.Range = {
      Type: 'AWS::EC2::VPCCidrBlock',
      Properties: { VpcId: ref('Proxies'), CidrBlock: '10.50.0.0/16' },
    };
    r.Away = route({ DestinationCidrBlock: '10.50.0.0/16', TransitGatewayId: 'tgw-1' });
  }),
  ip('a second subnet that is public', (r) => {
    egress(r);
    nat(r);
    network(r).Subnets = [ref('Subnet'), ref('Public')];
    network(r).AssignPublicIp = 'ENABLED';
  }),
  ip('a subnet without a table of its own beside one that has one', (r) => {
    egress(r);
    nat(r);
    propertiesOf(r, 'SubnetAssociation').RouteTableId = ref('PublicTable');
    network(r).AssignPublicIp = 'ENABLED';
  }),
  ip('an access list that allows', acl([ALLOW])),
  ip('an access list that allows before it refuses', acl([ALLOW, { ...ALLOW, RuleNumber: 200, RuleAction: 'deny' }])),
  ip(
    'an access list that refuses one port',
    acl([{ ...ALLOW, RuleNumber: 50, RuleAction: 'deny', Protocol: 6, PortRange: { From: 80, To: 80 } }, ALLOW]),
  ),
  ip(
    'an access list that refuses one range',
    acl([{ ...ALLOW, RuleNumber: 50, RuleAction: 'deny', CidrBlock: '192.0.2.0/24' }, ALLOW]),
  ),
  ip(
    'an access list that refuses what comes in',
    acl([{ ...ALLOW, RuleNumber: 50, RuleAction: 'deny', Egress: false }, ALLOW]),
  ),
  ip('an access list that allows one port', acl([{ ...ALLOW, Protocol: 6, PortRange: { From: 443, To: 443 } }])),
];
