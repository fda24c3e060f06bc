import { Reference, Unknown, type Value } from '../value';
import { beside } from './beside';
import { known, one } from './network';
import { policyOf } from './policies';
import { type Emitted, type Source, type Translators } from './source';

const EC2 = 'AWS::EC2';

/** Endpoints of a network, what is joined to them beside, and services offered to others. */
export const ENDPOINTS: Translators = {
  aws_vpc_endpoint: (source) => [
    one(source, `${EC2}::VPCEndpoint`, {
      VpcId: source.ref('vpc_id'),
      ServiceName: source.ref('service_name') ?? known(undefined, source, 'service_name'),
      VpcEndpointType: source.plain('vpc_endpoint_type'),
      PolicyDocument: policy(source),
      RouteTableIds: joined(source, 'route_table_ids', 'aws_vpc_endpoint_route_table_association', 'route_table_id'),
      SubnetIds: joined(source, 'subnet_ids', 'aws_vpc_endpoint_subnet_association', 'subnet_id'),
      SecurityGroupIds: groups(source),
    }),
  ],
  aws_vpc_endpoint_service: (source) => [
    one(source, `${EC2}::VPCEndpointService`, {
      NetworkLoadBalancerArns: source.refs('network_load_balancer_arns'),
      GatewayLoadBalancerArns: source.refs('gateway_load_balancer_arns'),
    }),
    ...allowed(`${source.id}.allowed_principals`, new Reference('resource', source.id, 'Ref'), source),
  ],
  aws_vpc_endpoint_service_allowed_principal: (source) => [
    one(source, `${EC2}::VPCEndpointServicePermissions`, {
      ServiceId: source.ref('vpc_endpoint_service_id'),
      AllowedPrincipals: [known(source.ref('principal_arn'), source, 'principal_arn')],
    }),
  ],
};

function allowed(id: string, service: Value, source: Source): readonly Emitted[] {
  const principals = source.refs('allowed_principals');
  if (principals === undefined || (!(principals instanceof Unknown) && principals.length === 0)) return [];
  const properties = { ServiceId: service, AllowedPrincipals: principals };
  return [{ id, type: `${EC2}::VPCEndpointServicePermissions`, properties }];
}

function joined(source: Source, name: string, type: string, what: string): readonly Value[] | Unknown | undefined {
  const inside = source.refs(name);
  if (inside instanceof Unknown) return inside;
  const others = beside(source, type, 'vpc_endpoint_id').map(({ found, truth }) =>
    truth === true ? known(found.ref(what), found, what) : truth,
  );
  return inside === undefined && others.length === 0 ? undefined : [...(inside ?? []), ...others];
}

/** A group that is joined to an endpoint without groups stands beside the network’s default group, unless it replaces it. */
function groups(source: Source): readonly Value[] | Unknown | undefined {
  const type = 'aws_vpc_endpoint_security_group_association';
  const all = joined(source, 'security_group_ids', type, 'security_group_id');
  if (all === undefined || all instanceof Unknown || source.refs('security_group_ids') !== undefined) return all;
  const replaces = beside(source, type, 'vpc_endpoint_id').some(
    ({ found, truth }) => truth === true && found.on('replace_default_association') === true,
  );
  const vpc = source.ref('vpc_id');
  if (replaces) return all;
  return [
    ...all,
    vpc instanceof Reference ? new Reference('resource', vpc.id, 'DefaultSecurityGroup') : unread(source),
  ];
}

function unread({ id }: Source): Unknown {
  return Unknown.of(`groups(${id})`, `no group of ${id} admits more`);
}

/** Full access where none is written. A policy beside one inside, or one that may be another’s, may be either. */
function policy(source: Source): Value | undefined {
  const inside = policyOf(source, 'policy');
  const others = beside(source, 'aws_vpc_endpoint_policy', 'vpc_endpoint_id').map(({ found, truth }) =>
    truth === true ? policyOf(found, 'policy') : truth,
  );
  const all = [...(inside === undefined ? [] : [inside]), ...others];
  if (all.length < 2) return all[0];
  return Unknown.of(`policy(${source.id})`, `each of the policies of ${source.id} keeps this closed`);
}
