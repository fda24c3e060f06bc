import { Reference, Unknown, type Value } from '../value';
import { isComputed, type Names } from './names';
import type { Properties, Source } from './source';

/** Types of which the model asks what they name, by its word for each. */
export const RENAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aws_api_gateway_vpc_link: 'AWS::ApiGateway::VpcLink',
    aws_apigatewayv2_vpc_link: 'AWS::ApiGatewayV2::VpcLink',
    aws_autoscaling_group: 'AWS::AutoScaling::AutoScalingGroup',
    aws_customer_gateway: 'AWS::EC2::CustomerGateway',
    aws_ec2_carrier_gateway: 'AWS::EC2::CarrierGateway',
    aws_ec2_client_vpn_authorization_rule: 'AWS::EC2::ClientVpnAuthorizationRule',
    aws_ec2_client_vpn_endpoint: 'AWS::EC2::ClientVpnEndpoint',
    aws_ec2_client_vpn_network_association: 'AWS::EC2::ClientVpnTargetNetworkAssociation',
    aws_ec2_client_vpn_route: 'AWS::EC2::ClientVpnRoute',
    aws_ec2_instance_connect_endpoint: 'AWS::EC2::InstanceConnectEndpoint',
    aws_ec2_transit_gateway_peering_attachment: 'AWS::EC2::TransitGatewayPeeringAttachment',
    aws_ec2_transit_gateway_route: 'AWS::EC2::TransitGatewayRoute',
    aws_ec2_transit_gateway_route_table: 'AWS::EC2::TransitGatewayRouteTable',
    aws_ec2_transit_gateway_route_table_association: 'AWS::EC2::TransitGatewayRouteTableAssociation',
    aws_ec2_transit_gateway_route_table_propagation: 'AWS::EC2::TransitGatewayRouteTablePropagation',
    aws_lambda_permission: 'AWS::Lambda::Permission',
    aws_networkfirewall_firewall: 'AWS::NetworkFirewall::Firewall',
    aws_route53_resolver_endpoint: 'AWS::Route53Resolver::ResolverEndpoint',
    aws_vpclattice_resource_gateway: 'AWS::VpcLattice::ResourceGateway',
    aws_vpn_connection: 'AWS::EC2::VPNConnection',
    aws_vpn_connection_route: 'AWS::EC2::VPNConnectionRoute',
  }),
);

/** Names whose capitals the model writes otherwise. */
const CAPITALS: ReadonlyMap<string, string> = new Map([['target_group_arns', 'TargetGroupARNs']]);

/** What a resource names, in the model's words, where nothing else is asked of it. */
export function generic({ resource, names, id }: Source, isTranslated: (type: string) => boolean): Properties {
  return Object.fromEntries(
    Object.entries(resource.properties)
      .filter(([, value]) => !isComputed(value))
      .map(([name, value]) => [
        CAPITALS.get(name) ?? pascal(name),
        named(names.deep(value, `${id}.${name}`), names, isTranslated),
      ]),
  );
}

/** A type of which nothing is known, and which may open something without naming it. */
export function nearby({ id, resource }: Source): Properties {
  return { Type: Unknown.of(`type(${id})`, `${id}, of the type ${resource.type}, opens nothing`) };
}

/** A name that is that of something here is a way to name it. */
function named(value: Value, names: Names, isTranslated: (type: string) => boolean): Value {
  if (typeof value !== 'string' || value.length < 3) return value;
  const [only] = names.withName(value).filter(({ type }) => isTranslated(type));
  return only ? new Reference('resource', only.id, 'Ref') : value;
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
