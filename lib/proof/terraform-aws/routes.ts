import { Reference, Unknown, type Value } from '../value';
import { known, one } from './network';
import { type Emitted, type Properties, Source, type Translators } from './source';

const EC2 = 'AWS::EC2';

/** Settings of a route that name its target, by the model's word for each. */
const TARGETS: Readonly<Record<string, string>> = {
  NatGatewayId: 'nat_gateway_id',
  EgressOnlyInternetGatewayId: 'egress_only_gateway_id',
  VpcPeeringConnectionId: 'vpc_peering_connection_id',
  GatewayId: 'gateway_id',
  TransitGatewayId: 'transit_gateway_id',
  CoreNetworkArn: 'core_network_arn',
  LocalGatewayId: 'local_gateway_id',
  CarrierGatewayId: 'carrier_gateway_id',
  InstanceId: 'instance_id',
  NetworkInterfaceId: 'network_interface_id',
  VpcEndpointId: 'vpc_endpoint_id',
};

/** Route tables, with their routes inside and beside, and which subnet has which. */
export const ROUTES: Translators = {
  aws_route_table: table,
  aws_default_route_table: table,
  aws_route: (source) => route(source, source.ref('route_table_id')),
  aws_route_table_association: (source) => {
    const subnet = source.ref('subnet_id');
    // Of a gateway: what comes in.
    if (subnet === undefined && source.value('gateway_id') !== undefined) return [];
    return [
      one(source, `${EC2}::SubnetRouteTableAssociation`, {
        SubnetId: known(subnet, source, 'subnet_id'),
        RouteTableId: known(source.ref('route_table_id'), source, 'route_table_id'),
      }),
    ];
  },
};

function table(source: Source): readonly Emitted[] {
  const { id } = source;
  const itself = new Reference('resource', id, 'Ref');
  const gateways = source.refs('propagating_vgws');
  const propagated = gateways instanceof Unknown ? [gateways] : (gateways ?? []);
  return [
    one(source, `${EC2}::RouteTable`, { VpcId: source.ref('vpc_id') }),
    ...inside(source, itself),
    ...propagated.map((gateway, index): Emitted => ({
      id: `${id}.propagating_vgws[${index}]`,
      type: `${EC2}::VPNGatewayRoutePropagation`,
      properties: { RouteTableIds: itself, VpnGatewayId: gateway },
    })),
  ];
}

function inside(source: Source, itself: Value): readonly Emitted[] {
  // A table that states none has none.
  if (source.value('route') === undefined) return [];
  return source.blocks('route').flatMap((block, index) => {
    if (!(block instanceof Unknown)) return route(block, itself);
    // A route of which nothing is known leads anywhere.
    return [
      {
        id: `${source.id}.route[${index}]`,
        type: `${EC2}::Route`,
        properties: { RouteTableId: itself, DestinationCidrBlock: block, GatewayId: block },
      },
    ];
  });
}

function route(source: Source, owner: Value | undefined): readonly Emitted[] {
  const targets = Object.entries(TARGETS).map(([name, setting]) => [name, source.ref(setting)] as const);
  const gateway = targets.find(([name]) => name === 'GatewayId')?.[1];
  const named = gateway instanceof Reference ? source.names.terraform.find(gateway.id) : undefined;
  // A state lists what a gateway endpoint puts into its tables; the endpoint says so itself.
  if (named?.type === 'aws_vpc_endpoint') return [];
  return [
    one(source, `${EC2}::Route`, {
      RouteTableId: known(owner, source, 'route_table_id'),
      ...destination(source),
      ...Object.fromEntries(targets),
    }),
  ];
}

function destination(source: Source): Properties {
  const either = (...names: readonly string[]) =>
    names.map((name) => source.plain(name)).find((value) => value !== undefined && value !== '');
  return {
    DestinationCidrBlock: either('destination_cidr_block', 'cidr_block'),
    DestinationIpv6CidrBlock: either('destination_ipv6_cidr_block', 'ipv6_cidr_block'),
    DestinationPrefixListId: source.ref('destination_prefix_list_id'),
  };
}
