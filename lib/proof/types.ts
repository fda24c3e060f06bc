import type { Report } from './report';
import { isTerraformInert } from './terraform-aws/types';
import type { Templates } from './templates';

/** Types a reader of the model reads. */
const MODELLED: ReadonlySet<string> = new Set([
  'AWS::CloudFormation::Stack',
  'AWS::ApiGateway::VpcLink',
  'AWS::ApiGatewayV2::VpcLink',
  'AWS::CloudFront::VpcOrigin',
  'AWS::EC2::DHCPOptions',
  'AWS::EC2::CarrierGateway',
  'AWS::EC2::ClientVpnAuthorizationRule',
  'AWS::EC2::ClientVpnEndpoint',
  'AWS::EC2::ClientVpnRoute',
  'AWS::EC2::ClientVpnTargetNetworkAssociation',
  'AWS::EC2::CustomerGateway',
  'AWS::EC2::InstanceConnectEndpoint',
  'AWS::EC2::VPCDHCPOptionsAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCCidrBlock',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetCidrBlock',
  'AWS::EC2::RouteTable',
  'AWS::EC2::Route',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::RouteServer',
  'AWS::EC2::RouteServerAssociation',
  'AWS::EC2::RouteServerEndpoint',
  'AWS::EC2::RouteServerPeer',
  'AWS::EC2::RouteServerPropagation',
  'AWS::EC2::VerifiedAccessEndpoint',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::EIP',
  'AWS::EC2::VPNGateway',
  'AWS::EC2::VPNGatewayRoutePropagation',
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::TransitGateway',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayVpcAttachment',
  'AWS::EC2::TransitGatewayPeeringAttachment',
  'AWS::EC2::TransitGatewayRoute',
  'AWS::EC2::TransitGatewayRouteTable',
  'AWS::EC2::TransitGatewayRouteTableAssociation',
  'AWS::EC2::TransitGatewayRouteTablePropagation',
  'AWS::EC2::VPNConnection',
  'AWS::EC2::VPNConnectionRoute',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::NetworkAclEntry',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCEndpointService',
  'AWS::EC2::VPCEndpointServicePermissions',
  'AWS::EC2::Instance',
  'AWS::EC2::LaunchTemplate',
  'AWS::EFS::AccessPoint',
  'AWS::EFS::FileSystem',
  'AWS::EFS::MountTarget',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::ECS::TaskSet',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule',
  'AWS::GlobalAccelerator::EndpointGroup',
  'AWS::IAM::Group',
  'AWS::IAM::GroupPolicy',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::User',
  'AWS::IAM::UserPolicy',
  'AWS::Lambda::Function',
  'AWS::Lambda::MicrovmImage',
  'AWS::Lambda::NetworkConnector',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::NetworkFirewall::Firewall',
  'AWS::Pipes::Pipe',
  'AWS::Route53Resolver::FirewallConfig',
  'AWS::Route53Resolver::FirewallDomainList',
  'AWS::Route53Resolver::FirewallRuleGroup',
  'AWS::Route53Resolver::FirewallRuleGroupAssociation',
  'AWS::Route53::HostedZone',
  'AWS::Route53::RecordSet',
  'AWS::Route53::RecordSetGroup',
  'AWS::Route53Profiles::ProfileAssociation',
  'AWS::Route53Resolver::ResolverRule',
  'AWS::Route53Resolver::ResolverEndpoint',
  'AWS::Route53Resolver::ResolverRuleAssociation',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
  'AWS::VpcLattice::ResourceGateway',
  'AWS::VpcLattice::ServiceNetworkVpcAssociation',
  'Custom::VpcRestrictDefaultSG',
]);

/** Types that neither carry an agent's packets nor grant it anything. */
const INERT: ReadonlySet<string> = new Set([
  'AWS::AppMesh::Mesh',
  'AWS::AppMesh::Route',
  'AWS::AppMesh::VirtualNode',
  'AWS::AppMesh::VirtualRouter',
  'AWS::AppMesh::VirtualService',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EC2::FlowLog',
  'AWS::EC2::VPCBlockPublicAccessExclusion',
  'AWS::EC2::VPCBlockPublicAccessOptions',
  'AWS::EC2::VPCEncryptionControl',
  'AWS::EC2::VPCEndpointConnectionNotification',
  'AWS::ECR::Repository',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::ElasticLoadBalancingV2::ListenerCertificate',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::SubscriptionFilter',
  'AWS::NetworkFirewall::FirewallPolicy',
  'AWS::NetworkFirewall::LoggingConfiguration',
  'AWS::NetworkFirewall::RuleGroup',
  'AWS::Route53Resolver::ResolverQueryLoggingConfig',
  'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::ServiceDiscovery::HttpNamespace',
  'AWS::ServiceDiscovery::Instance',
  'AWS::ServiceDiscovery::PrivateDnsNamespace',
  'AWS::ServiceDiscovery::PublicDnsNamespace',
  'AWS::ServiceDiscovery::Service',
  'AWS::SSM::Parameter',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::WAFv2::WebACLAssociation',
]);

/** Types that are read only where they are an agent, or hold one. */
const READ_OF_AGENTS: ReadonlySet<string> = new Set([
  'AWS::EC2::LaunchTemplate',
  'AWS::Lambda::MicrovmImage',
  'AWS::Lambda::NetworkConnector',
]);

/** Whether resources of a type are read only where they are an agent, or hold one. */
export function isReadOfAgents(type: string): boolean {
  return READ_OF_AGENTS.has(type);
}

/** Whether the model reads a type. */
export function isModelled(type: string): boolean {
  return MODELLED.has(type);
}

/** Whether a type is known not to matter. */
export function isInert(type: string): boolean {
  return INERT.has(type) || isTerraformInert(type);
}

/** The types a report lists: those that don't matter, and those nobody has judged. */
export function sortTypes(templates: Templates): Report['types'] {
  const inert = new Map<string, number>();
  const unknown = new Map<string, string[]>();
  for (const { id, type } of templates.resources) {
    if (isInert(type)) inert.set(type, (inert.get(type) ?? 0) + 1);
    else if (!isModelled(type)) unknown.set(type, [...(unknown.get(type) ?? []), id]);
  }
  return { inert: Object.fromEntries(inert), unknown: Object.fromEntries(unknown) };
}
