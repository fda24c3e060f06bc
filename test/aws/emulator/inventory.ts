import type { EmulatedAccount } from './emulator';

/** Ids of all that an account holds, by the store that holds them. */
export type Inventory = ReadonlyMap<string, readonly string[]>;

/** Where the emulator keeps resources of a type of the reference stack. */
export const STORES: Readonly<Record<string, string>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': 'recorded AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'recorded AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::EC2::EIP': 'ec2.addresses',
  'AWS::EC2::FlowLog': 'ec2.flow_logs',
  'AWS::EC2::InternetGateway': 'ec2.internet_gateways',
  'AWS::EC2::NatGateway': 'ec2.nat_gateways',
  'AWS::EC2::RouteTable': 'ec2.route_tables',
  'AWS::EC2::SecurityGroup': 'ec2.security_groups',
  'AWS::EC2::Subnet': 'ec2.subnets',
  'AWS::EC2::VPC': 'ec2.vpcs',
  'AWS::EC2::VPCEndpoint': 'ec2.vpc_endpoints',
  'AWS::EC2::VPCEndpointService': 'recorded AWS::EC2::VPCEndpointService',
  'AWS::EC2::VPCEndpointServicePermissions': 'recorded AWS::EC2::VPCEndpointServicePermissions',
  'AWS::ECS::Cluster': 'ecs.clusters',
  'AWS::ECS::Service': 'ecs.services',
  'AWS::ECS::TaskDefinition': 'ecs.task_defs',
  'AWS::ElasticLoadBalancingV2::Listener': 'alb.listeners',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'alb.lbs',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'alb.tgs',
  'AWS::IAM::Role': 'iam.roles',
  'AWS::Lambda::Function': 'lambda_svc.functions',
  'AWS::Logs::LogGroup': 'cloudwatch_logs.log_groups',
  'AWS::Route53::HostedZone': 'route53.zones',
  'AWS::Route53Resolver::FirewallDomainList': 'recorded AWS::Route53Resolver::FirewallDomainList',
  'AWS::Route53Resolver::FirewallRuleGroup': 'recorded AWS::Route53Resolver::FirewallRuleGroup',
  'AWS::Route53Resolver::FirewallRuleGroupAssociation': 'recorded AWS::Route53Resolver::FirewallRuleGroupAssociation',
  'AWS::Route53Resolver::ResolverQueryLoggingConfig': 'recorded AWS::Route53Resolver::ResolverQueryLoggingConfig',
  'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation':
    'recorded AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation',
  'AWS::SecretsManager::ResourcePolicy': 'secretsmanager.resource_policies',
  'AWS::SecretsManager::Secret': 'secretsmanager.secrets',
  'AWS::StepFunctions::StateMachine': 'stepfunctions.state_machines',
};

/** Types that have no id of their own in the account, and what holds them: they go with it. */
export const PARTS: Readonly<Record<string, string>> = {
  'AWS::EC2::Route': 'its route table',
  'AWS::EC2::SecurityGroupEgress': 'its group',
  'AWS::EC2::SecurityGroupIngress': 'its group',
  'AWS::EC2::SubnetRouteTableAssociation': 'its route table',
  'AWS::EC2::VPCGatewayAttachment': 'its gateway',
  'AWS::IAM::Policy': 'its role',
  'AWS::Route53::RecordSetGroup': 'its zone',
  'Custom::VpcRestrictDefaultSG': 'the default group of its network',
};

/** What the emulator notes for itself, which no call of AWS answers. */
const NOTES = [
  /^cloudformation\.stack_events$/,
  /^iam\.aws_managed_attachment_counts$/,
  /^route53\.(?:caller_refs|changes)$/,
  /^ecs\.task_def_latest$/,
  /\.tags$/,
];

/** All that the account holds now. */
export async function takeInventory(account: EmulatedAccount): Promise<Inventory> {
  const answer = await fetch(`${account.endpoint}/_inventory`);
  // Of `emulator.py`'s own making.
  const stores = (await answer.json()) as Readonly<Record<string, readonly string[]>>;
  return new Map(Object.entries(stores).filter(([name]) => !NOTES.some((note) => note.test(name))));
}

/** What `after` holds and `before` didn't, by store; stores without such aren't there. */
export function added(before: Inventory, after: Inventory): Readonly<Record<string, readonly string[]>> {
  const news = [...after].map(([store, ids]): [string, readonly string[]] => {
    const known = new Set(before.get(store));
    return [store, ids.filter((id) => !known.has(id))];
  });
  return Object.fromEntries(news.filter(([, ids]) => ids.length > 0));
}
