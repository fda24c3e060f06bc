import { Reference, Unknown, type Value } from '../value';
import { type Emitted, type Source, type Translators } from './source';

const EC2 = 'AWS::EC2';

/** Networks, subnets, and what leads out of them. */
export const NETWORK: Translators = {
  aws_vpc: (source) => [
    one(source, `${EC2}::VPC`, {
      ...ranges(source),
      EnableDnsSupport: source.plain('enable_dns_support'),
      AmazonProvidedIpv6CidrBlock: source.plain('assign_generated_ipv6_cidr_block'),
    }),
    ...mainTable(source),
  ],
  aws_vpc_ipv4_cidr_block_association: (source) => [
    one(source, `${EC2}::VPCCidrBlock`, { VpcId: source.ref('vpc_id'), ...ranges(source) }),
  ],
  aws_vpc_ipv6_cidr_block_association: (source) => [
    one(source, `${EC2}::VPCCidrBlock`, {
      VpcId: source.ref('vpc_id'),
      ...ranges(source),
      AmazonProvidedIpv6CidrBlock: source.plain('assign_generated_ipv6_cidr_block'),
    }),
  ],
  aws_subnet: (source) => [
    one(source, `${EC2}::Subnet`, {
      VpcId: source.ref('vpc_id'),
      ...ranges(source),
      AssignIpv6AddressOnCreation: source.plain('assign_ipv6_address_on_creation'),
      Ipv6Native: source.plain('ipv6_native'),
      MapPublicIpOnLaunch: source.plain('map_public_ip_on_launch'),
    }),
  ],
  aws_internet_gateway: (source) => [one(source, `${EC2}::InternetGateway`, {})],
  aws_internet_gateway_attachment: (source) => [
    one(source, `${EC2}::VPCGatewayAttachment`, {
      VpcId: source.ref('vpc_id'),
      InternetGatewayId: source.ref('internet_gateway_id'),
    }),
  ],
  aws_egress_only_internet_gateway: (source) => [
    one(source, `${EC2}::EgressOnlyInternetGateway`, { VpcId: source.ref('vpc_id') }),
  ],
  aws_nat_gateway: (source) => [
    one(source, `${EC2}::NatGateway`, {
      SubnetId: source.ref('subnet_id'),
      ConnectivityType: source.plain('connectivity_type'),
    }),
  ],
  aws_eip: (source) => [one(source, `${EC2}::EIP`, {})],
  aws_vpn_gateway: (source) => [one(source, `${EC2}::VPNGateway`, {})],
  aws_vpn_gateway_attachment: (source) => [
    one(source, `${EC2}::VPCGatewayAttachment`, {
      VpcId: source.ref('vpc_id'),
      VpnGatewayId: source.ref('vpn_gateway_id'),
    }),
  ],
  aws_vpn_gateway_route_propagation: (source) => [
    one(source, `${EC2}::VPNGatewayRoutePropagation`, {
      RouteTableIds: known(source.ref('route_table_id'), source, 'route_table_id'),
      VpnGatewayId: source.ref('vpn_gateway_id'),
    }),
  ],
  aws_vpc_peering_connection: (source) => [
    one(source, `${EC2}::VPCPeeringConnection`, { VpcId: source.ref('vpc_id'), PeerVpcId: source.ref('peer_vpc_id') }),
  ],
  aws_ec2_transit_gateway: (source) => [one(source, `${EC2}::TransitGateway`, {})],
  aws_ec2_transit_gateway_vpc_attachment: (source) => [
    one(source, `${EC2}::TransitGatewayVpcAttachment`, {
      VpcId: source.ref('vpc_id'),
      TransitGatewayId: source.ref('transit_gateway_id'),
    }),
  ],
  aws_instance: (source) => [
    one(source, `${EC2}::Instance`, {
      SubnetId: source.ref('subnet_id'),
      SecurityGroupIds: source.refs('vpc_security_group_ids'),
      IamInstanceProfile: source.ref('iam_instance_profile', 'aws_iam_instance_profile'),
      NetworkInterfaces: source
        .blocks('network_interface')
        .map((block) =>
          block instanceof Unknown ? block : { NetworkInterfaceId: block.ref('network_interface_id') ?? null },
        ),
    }),
  ],
  aws_network_interface: (source) => [
    one(source, `${EC2}::NetworkInterface`, {
      SubnetId: source.ref('subnet_id'),
      GroupSet: source.refs('security_groups'),
    }),
  ],
  aws_vpc_dhcp_options: (source) => [
    one(source, `${EC2}::DHCPOptions`, { DomainNameServers: source.refs('domain_name_servers') }),
  ],
  aws_vpc_dhcp_options_association: (source) => [
    one(source, `${EC2}::VPCDHCPOptionsAssociation`, {
      VpcId: known(source.ref('vpc_id'), source, 'vpc_id'),
      DhcpOptionsId: source.ref('dhcp_options_id'),
    }),
  ],
};

/** One resource of the model for one of Terraform's. */
export function one(source: Source, type: string, properties: Emitted['properties']): Emitted {
  return { id: source.id, type, properties };
}

/** A name that has to be there; unknown where it isn't. */
export function known(value: Value | undefined, source: Source, name: string): Value {
  return value ?? Unknown.of(`value(${source.id}.${name})`, `${source.id} names no ${name} that opens anything`);
}

function ranges(source: Source): Emitted['properties'] {
  return {
    CidrBlock: source.plain('cidr_block'),
    Ipv6CidrBlock: source.plain('ipv6_cidr_block'),
    Ipv4IpamPoolId: source.ref('ipv4_ipam_pool_id'),
    Ipv6IpamPoolId: source.ref('ipv6_ipam_pool_id') ?? source.ref('ipv6_pool'),
  };
}

/** The route table a network is made with: empty but for the local route, until something writes into it. */
function mainTable({ id, names }: Source): readonly Emitted[] {
  const own = names.mainTables.defaultOf(id);
  if (!own.id.startsWith(`${id}.`)) return [];
  return [{ id: own.id, type: `${EC2}::RouteTable`, properties: { VpcId: new Reference('resource', id, 'Ref') } }];
}
