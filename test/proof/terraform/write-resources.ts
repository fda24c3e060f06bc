import type { Fields, Node, Values } from './write-value';

/** A resource of Terraform: type, name after the template's own, settings. */
export type One = readonly [type: string, name: string, body: Fields];
export type Writer = (id: string, properties: Fields, values: Values) => readonly One[];

export const list = (node: Node): readonly Fields[] =>
  (node === undefined ? [] : ([node].flat() as unknown[])) as readonly Fields[];
export const snake = (name: string) => name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();
export const at = (node: Node, key: string): Node =>
  typeof node === 'object' && node !== null ? (node as Fields)[key] : undefined;

/** Settings of the same name but for its writing. */
export const same =
  (type: string, ...renamed: readonly (readonly [string, string])[]): Writer =>
  (id, properties, values) => {
    const names = new Map(renamed);
    const entries = Object.entries(properties).filter(([key]) => key !== 'Tags');
    return [
      [type, id, Object.fromEntries(entries.map(([key, one]) => [names.get(key) ?? snake(key), values.of(one)]))],
    ];
  };

/** How each type of a network is written. */
export const NETWORK_WRITERS: Readonly<Record<string, Writer>> = {
  'AWS::EC2::VPC': same('aws_vpc'),
  'AWS::EC2::VPCCidrBlock': (id, { VpcId, Ipv6CidrBlock, CidrBlock, Ipv6Pool }, values) => {
    const vpc_id = values.of(VpcId);
    return Ipv6CidrBlock === undefined
      ? [['aws_vpc_ipv4_cidr_block_association', id, { vpc_id, cidr_block: CidrBlock }]]
      : [['aws_vpc_ipv6_cidr_block_association', id, { vpc_id, ipv6_cidr_block: Ipv6CidrBlock, ipv6_pool: Ipv6Pool }]];
  },
  'AWS::EC2::Subnet': same('aws_subnet'),
  // A subnet of Terraform's says its own.
  'AWS::EC2::SubnetCidrBlock': (_, { SubnetId, Ipv6CidrBlock }, values) => [
    ['aws_subnet', String(at(SubnetId, 'Ref')), { ipv6_cidr_block: values.of(Ipv6CidrBlock) }],
  ],
  'AWS::EC2::RouteTable': same('aws_route_table'),
  'AWS::EC2::Route': same('aws_route', ['EgressOnlyInternetGatewayId', 'egress_only_gateway_id']),
  'AWS::EC2::SubnetRouteTableAssociation': same('aws_route_table_association'),
  'AWS::EC2::InternetGateway': same('aws_internet_gateway'),
  'AWS::EC2::EgressOnlyInternetGateway': same('aws_egress_only_internet_gateway'),
  'AWS::EC2::VPCGatewayAttachment': (id, { VpcId, InternetGatewayId, VpnGatewayId }, values) => [
    InternetGatewayId === undefined
      ? ['aws_vpn_gateway_attachment', id, { vpc_id: values.of(VpcId), vpn_gateway_id: values.of(VpnGatewayId) }]
      : [
          'aws_internet_gateway_attachment',
          id,
          { vpc_id: values.of(VpcId), internet_gateway_id: values.of(InternetGatewayId) },
        ],
  ],
  'AWS::EC2::NatGateway': same('aws_nat_gateway'),
  'AWS::EC2::EIP': same('aws_eip'),
  'AWS::EC2::VPNGateway': same('aws_vpn_gateway'),
  'AWS::EC2::VPNGatewayRoutePropagation': (id, { RouteTableIds, VpnGatewayId }, values) =>
    list(RouteTableIds).map((table, index): One => [
      'aws_vpn_gateway_route_propagation',
      `${id}${index}`,
      { route_table_id: values.of(table), vpn_gateway_id: values.of(VpnGatewayId) },
    ]),
  'AWS::EC2::VPCPeeringConnection': same('aws_vpc_peering_connection'),
  'AWS::EC2::TransitGateway': same('aws_ec2_transit_gateway'),
  'AWS::EC2::TransitGatewayAttachment': same('aws_ec2_transit_gateway_vpc_attachment'),
  'AWS::EC2::PrefixList': same('aws_ec2_managed_prefix_list'),
  'AWS::EC2::SecurityGroup': (id, { VpcId, SecurityGroupEgress: egress, SecurityGroupIngress: ingress }, values) => {
    // CloudFormation leaves the rule that a group is made with; Terraform has to write it.
    const open = [
      { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
      { IpProtocol: '-1', CidrIpv6: '::/0' },
    ];
    const rules = (all: readonly Fields[], side: string) => all.map((one) => inlineRule(one, side, values));
    return [
      [
        'aws_security_group',
        id,
        {
          vpc_id: values.of(VpcId),
          egress:
            Array.isArray(egress) || egress === undefined
              ? rules(list(egress ?? open), 'Destination')
              : values.of(egress),
          ...(ingress !== undefined && { ingress: rules(list(ingress), 'Source') }),
        },
      ],
    ];
  },
  'AWS::EC2::SecurityGroupEgress': (id, properties, values) => [
    ['aws_vpc_security_group_egress_rule', id, besideRule(properties, 'Destination', values)],
  ],
  'AWS::EC2::SecurityGroupIngress': (id, properties, values) => [
    ['aws_security_group_rule', id, { type: 'ingress', ...olderRule(properties, values) }],
  ],
  'Custom::VpcRestrictDefaultSG': (id, { DefaultSecurityGroupId }, values) => {
    const [vpc = ''] = list(at(DefaultSecurityGroupId, 'Fn::GetAtt')).map(String);
    return [['aws_default_security_group', id, { vpc_id: values.reference(vpc, 'id') }]];
  },
  'AWS::EC2::DHCPOptions': same('aws_vpc_dhcp_options'),
  'AWS::EC2::VPCDHCPOptionsAssociation': same('aws_vpc_dhcp_options_association'),
  'AWS::VpcLattice::ServiceNetworkVpcAssociation': same('aws_vpclattice_service_network_vpc_association'),
  'AWS::EC2::Instance': (id, { NetworkInterfaces, SecurityGroupIds, SubnetId }, values) => {
    const [first] = list(NetworkInterfaces);
    const body = {
      subnet_id: values.of(SubnetId ?? at(first, 'SubnetId')),
      vpc_security_group_ids: values.of(SecurityGroupIds ?? at(first, 'GroupSet')),
    };
    return [['aws_instance', id, body]];
  },
  'AWS::RDS::DBInstance': (id, { VPCSecurityGroups }, values) => [
    ['aws_db_instance', id, { vpc_security_group_ids: values.of(VPCSecurityGroups) }],
  ],
  'AWS::EC2::NetworkAcl': same('aws_network_acl'),
  'AWS::EC2::NetworkAclEntry': (id, { PortRange, ...rest }, values) => [
    [
      'aws_network_acl_rule',
      id,
      { ...same('')(id, rest, values)[0]?.[2], from_port: at(PortRange, 'From'), to_port: at(PortRange, 'To') },
    ],
  ],
  'AWS::EC2::SubnetNetworkAclAssociation': same('aws_network_acl_association'),
  'AWS::EC2::VPCEndpoint': (id, { PolicyDocument, ...rest }, values) => [
    [
      'aws_vpc_endpoint',
      id,
      {
        ...same('')(id, rest, values)[0]?.[2],
        service_name: serviceName(rest.ServiceName, values),
        ...(PolicyDocument !== undefined && { policy: values.json(PolicyDocument) }),
      },
    ],
  ],
  'AWS::EC2::VPCEndpointService': same('aws_vpc_endpoint_service'),
  'AWS::EC2::VPCEndpointServicePermissions': (id, { ServiceId, AllowedPrincipals }, values) =>
    list(AllowedPrincipals).map((principal, index): One => [
      'aws_vpc_endpoint_service_allowed_principal',
      `${id}${index}`,
      { vpc_endpoint_service_id: values.of(ServiceId), principal_arn: values.of(principal) },
    ]),
};

/** A service of one's own has a name that only it knows. */
function serviceName(node: Node, values: Values): Node {
  const written = String(values.of(node));
  const own = /\$\{(aws_vpc_endpoint_service\.\w+)\.id\}$/.exec(written)?.[1];
  return own === undefined ? written : `\${${own}.service_name}`;
}

function ports({ FromPort, ToPort }: Fields): Fields {
  return { from_port: FromPort ?? 0, to_port: ToPort ?? 0 };
}

function inlineRule(rule: Fields, side: string, values: Values): Fields {
  const one = (key: string) => (rule[key] === undefined ? [] : [values.of(rule[key])]);
  return {
    protocol: rule.IpProtocol,
    ...ports(rule),
    cidr_blocks: one('CidrIp'),
    ipv6_cidr_blocks: one('CidrIpv6'),
    prefix_list_ids: one(`${side}PrefixListId`),
    security_groups: one(`${side}SecurityGroupId`),
  };
}

function besideRule(rule: Fields, side: string, values: Values): Fields {
  return {
    security_group_id: values.of(rule.GroupId),
    ip_protocol: rule.IpProtocol,
    ...ports(rule),
    cidr_ipv4: values.of(rule.CidrIp),
    cidr_ipv6: values.of(rule.CidrIpv6),
    prefix_list_id: values.of(rule[`${side}PrefixListId`]),
    referenced_security_group_id: values.of(rule[`${side}SecurityGroupId`]),
  };
}

function olderRule(rule: Fields, values: Values): Fields {
  const { security_groups: [group] = [], ...rest } = inlineRule(rule, 'Source', values) as { security_groups?: Node[] };
  return {
    security_group_id: values.of(rule.GroupId),
    ...rest,
    ...(group !== undefined && { source_security_group_id: group }),
  };
}
