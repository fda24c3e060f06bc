import type { Expected } from './opened';
import { group, propertiesOf, type Resources, route } from './templates';

/*
 * Services of the cloud that stand near an agent, each put into a cell of which every claim is closed: what opens, what stays
 * closed, and which fact is missing.
 */

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const made = (Type: string, Properties: object = {}): Resources[string] => ({ Type, Properties });
const EVERYTHING = { CidrIp: '0.0.0.0/0', IpProtocol: '-1' };
const ANYBODY = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };

/** What is put into the cell, what isn't closed then, and the kinds of facts that are missing. */
export type CloudService = readonly [
  name: string,
  put: (resources: Resources) => void,
  verdicts: Expected,
  missing: readonly string[],
];

function egress(r: Resources, rule: object = EVERYTHING): void {
  (propertiesOf(r, 'Group').SecurityGroupEgress as object[]).push(rule);
}

/** An interface endpoint of a service that the agent reaches. */
export function endpoint(r: Resources, service: string, policy?: object, more: object = {}): void {
  r.Door = group(
    [],
    [{ SourceSecurityGroupId: att('Group', 'GroupId'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
  );
  egress(r, { DestinationSecurityGroupId: att('Door', 'GroupId'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
  r.Near = made('AWS::EC2::VPCEndpoint', {
    ...{ VpcEndpointType: 'Interface', VpcId: ref('Vpc'), SubnetIds: [ref('Subnet')] },
    SecurityGroupIds: [att('Door', 'GroupId')],
    ...(service !== '' && { ServiceName: service }),
    ...(policy && { PolicyDocument: { Statement: [policy] } }),
    ...more,
  });
}

const OURS = { ...ANYBODY, Condition: { StringEquals: { 'aws:ResourceAccount': ref('AWS::AccountId') } } };
const OUR_KEYS = { ...ANYBODY, Condition: { StringEquals: { 'aws:PrincipalAccount': ref('AWS::AccountId') } } };

function anyoneCalls(r: Resources): void {
  r.Function = made('AWS::Lambda::Function');
  r.Permission = made('AWS::Lambda::Permission', {
    ...{ FunctionName: ref('Function'), Action: 'lambda:InvokeFunction', Principal: '*' },
  });
}

export const CLOUD_SERVICES: readonly CloudService[] = [
  [
    'a client VPN into the agent’s network opens nothing of a group that admits nobody',
    (r) => {
      r.Vpn = made('AWS::EC2::ClientVpnEndpoint', { VpcId: ref('Vpc'), ClientCidrBlock: '10.200.0.0/22' });
      r.Target = made('AWS::EC2::ClientVpnTargetNetworkAssociation', {
        ...{ ClientVpnEndpointId: ref('Vpn'), SubnetId: ref('Subnet') },
      });
      r.Anyone = made('AWS::EC2::ClientVpnAuthorizationRule', {
        ...{ ClientVpnEndpointId: ref('Vpn'), TargetNetworkCidr: '0.0.0.0/0', AuthorizeAllGroups: true },
      });
    },
    {},
    [],
  ],
  [
    'a client VPN whose group the agent admits',
    (r) => {
      r.VpnGroup = group([EVERYTHING]);
      r.Vpn = made('AWS::EC2::ClientVpnEndpoint', {
        VpcId: ref('Vpc'),
        SecurityGroupIds: [att('VpnGroup', 'GroupId')],
      });
      propertiesOf(r, 'Group').SecurityGroupIngress = [
        { SourceSecurityGroupId: att('VpnGroup', 'GroupId'), IpProtocol: '-1' },
      ];
    },
    { inbound: 'open' },
    [],
  ],
  [
    'an Instance Connect endpoint that the proxy’s balancer admits',
    (r) => {
      r.Jump = group([EVERYTHING], [], 'Proxies');
      r.Connect = made('AWS::EC2::InstanceConnectEndpoint', {
        ...{ SubnetId: ref('ProxySubnet'), SecurityGroupIds: [att('Jump', 'GroupId')] },
      });
      propertiesOf(r, 'BalancerGroup').SecurityGroupIngress = [
        { CidrIp: '10.9.0.0/16', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
      ];
    },
    { proxy: 'open' },
    [],
  ],
  [
    'an accelerator before the proxy’s balancer',
    (r) => {
      r.Endpoints = made('AWS::GlobalAccelerator::EndpointGroup', {
        EndpointConfigurations: [{ EndpointId: ref('Balancer') }],
      });
    },
    { proxy: 'open' },
    [],
  ],
  [
    'an origin of CloudFront at the proxy’s balancer',
    (r) => {
      r.Origin = made('AWS::CloudFront::VpcOrigin', { VpcOriginEndpointConfig: { Arn: ref('Balancer') } });
    },
    { proxy: 'unproven' },
    ['door'],
  ],
  [
    'an endpoint of Verified Access at the proxy’s balancer',
    (r) => {
      r.Access = made('AWS::EC2::VerifiedAccessEndpoint', {
        LoadBalancerOptions: { LoadBalancerArn: ref('Balancer') },
      });
    },
    { proxy: 'unproven' },
    ['door'],
  ],
  [
    'a link of API Gateway to the proxy’s balancer',
    (r) => (r.Link = made('AWS::ApiGateway::VpcLink', { TargetArns: [ref('Balancer')] })),
    { proxy: 'unproven' },
    ['door'],
  ],
  [
    'a link of API Gateway whose group the proxy’s balancer admits',
    (r) => {
      r.LinkGroup = group([EVERYTHING], [], 'Proxies');
      r.Link = made('AWS::ApiGatewayV2::VpcLink', {
        ...{ SubnetIds: [ref('ProxySubnet')], SecurityGroupIds: [att('LinkGroup', 'GroupId')] },
      });
      propertiesOf(r, 'BalancerGroup').SecurityGroupIngress = [
        { SourceSecurityGroupId: att('LinkGroup', 'GroupId'), IpProtocol: '-1' },
      ];
    },
    { proxy: 'open' },
    [],
  ],
  [
    'Session Manager’s endpoint with our keys only',
    (r) => endpoint(r, 'com.amazonaws.eu-west-1.ssmmessages', OUR_KEYS),
    {},
    [],
  ],
  [
    'Session Manager’s endpoint without a policy',
    (r) => endpoint(r, 'com.amazonaws.eu-west-1.ssmmessages'),
    { 'cloud-api': 'open' },
    [],
  ],
  [
    'a function that anyone may call, by an endpoint that takes our resources',
    (r) => (endpoint(r, 'com.amazonaws.eu-west-1.lambda', OURS), anyoneCalls(r)),
    { 'cloud-api': 'open' },
    [],
  ],
  [
    'a function that anyone may call, by an endpoint that takes our keys',
    (r) => (endpoint(r, 'com.amazonaws.eu-west-1.lambda', OUR_KEYS), anyoneCalls(r)),
    {},
    [],
  ],
  [
    'a function that anyone may call, without an endpoint of functions',
    (r) => (endpoint(r, 'com.amazonaws.eu-west-1.logs', OURS), anyoneCalls(r)),
    {},
    [],
  ],
  [
    'a function that our organisation may call',
    (r) => {
      endpoint(r, 'com.amazonaws.eu-west-1.lambda', OURS);
      anyoneCalls(r);
      propertiesOf(r, 'Permission').PrincipalOrgID = 'o-1';
    },
    {},
    [],
  ],
  [
    'a queue that anyone may write to, by an endpoint that takes our resources',
    (r) => {
      endpoint(r, 'com.amazonaws.eu-west-1.sqs', OURS);
      r.Queue = made('AWS::SQS::Queue');
      r.Anyone = made('AWS::SQS::QueuePolicy', { Queues: [ref('Queue')], PolicyDocument: { Statement: [ANYBODY] } });
    },
    { 'cloud-api': 'open' },
    [],
  ],
  [
    'a private API that anyone may call',
    (r) => {
      endpoint(r, 'com.amazonaws.eu-west-1.execute-api', OURS);
      r.Api = made('AWS::ApiGateway::RestApi', { Policy: { Statement: [ANYBODY] } });
    },
    { 'cloud-api': 'open' },
    [],
  ],
  [
    'an endpoint to somebody else’s service',
    (r) => endpoint(r, 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0'),
    { neighbour: 'unproven' },
    ['behind'],
  ],
  [
    'an endpoint to a resource of VPC Lattice, with a policy',
    (r) => endpoint(r, '', OUR_KEYS, { VpcEndpointType: 'Resource', ResourceConfigurationArn: 'rcfg-1' }),
    { neighbour: 'unproven' },
    ['behind'],
  ],
  [
    'an endpoint to a service network of VPC Lattice, with a policy',
    (r) => endpoint(r, '', OUR_KEYS, { VpcEndpointType: 'ServiceNetwork', ServiceNetworkArn: 'sn-1' }),
    { neighbour: 'unproven' },
    ['behind'],
  ],
  [
    'an association with a service network of VPC Lattice',
    (r) => {
      r.Joined = made('AWS::VpcLattice::ServiceNetworkVpcAssociation', { VpcIdentifier: ref('Vpc') });
    },
    { neighbour: 'unproven' },
    ['lattice'],
  ],
  [
    'Service Connect of the agent',
    (r) => (propertiesOf(r, 'Service').ServiceConnectConfiguration = { Enabled: true, Namespace: 'apps' }),
    { inbound: 'unproven' },
    ['service-connect'],
  ],
  [
    'names of Cloud Map, public and private',
    (r) => {
      r.Names1 = made('AWS::ServiceDiscovery::PublicDnsNamespace', { Name: 'apps.example' });
      r.Names2 = made('AWS::ServiceDiscovery::PrivateDnsNamespace', { Name: 'apps.internal', Vpc: ref('Vpc') });
      r.Found = made('AWS::ServiceDiscovery::Service', { NamespaceId: ref('Names1') });
      propertiesOf(r, 'Service').ServiceRegistries = [{ RegistryArn: att('Found', 'Arn') }];
    },
    {},
    [],
  ],
  [
    'a route to a firewall',
    (r) => {
      egress(r);
      r.Wall = made('AWS::NetworkFirewall::Firewall', {
        VpcId: ref('Vpc'),
        SubnetMappings: [{ SubnetId: ref('Subnet') }],
      });
      const endpoints = { 'Fn::Split': [':', { 'Fn::Select': [0, att('Wall', 'EndpointIds')] }] };
      r.Away = route({ DestinationCidrBlock: '0.0.0.0/0', VpcEndpointId: { 'Fn::Select': [1, endpoints] } });
    },
    { ip: 'open', 'cloud-api': 'unproven' },
    ['beyond', 'endpoints'],
  ],
  [
    'a route to the endpoint of a gateway load balancer',
    (r) => {
      egress(r);
      r.Inspect = made('AWS::EC2::VPCEndpoint', {
        ...{ VpcEndpointType: 'GatewayLoadBalancer', VpcId: ref('Vpc'), SubnetIds: [ref('Subnet')] },
        ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0',
      });
      r.Away = route({ DestinationCidrBlock: '0.0.0.0/0', VpcEndpointId: ref('Inspect') });
    },
    { ip: 'open', 'cloud-api': 'unproven' },
    ['beyond', 'endpoints'],
  ],
  [
    'routes that a route server learns',
    (r) => {
      egress(r);
      r.Server = made('AWS::EC2::RouteServer', { AmazonSideAsn: 65000 });
      r.Learned = made('AWS::EC2::RouteServerPropagation', {
        RouteServerId: ref('Server'),
        RouteTableId: ref('Table'),
      });
    },
    { ip: 'open', 'cloud-api': 'unproven' },
    ['beyond', 'endpoints'],
  ],
  [
    'an egress-only gateway without an address of IPv6',
    (r) => {
      egress(r, { CidrIpv6: '::/0', IpProtocol: '-1' });
      r.Only6 = made('AWS::EC2::EgressOnlyInternetGateway', { VpcId: ref('Vpc') });
      r.Away = route({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: ref('Only6') });
    },
    {},
    [],
  ],
  [
    'an egress-only gateway with an address of IPv6',
    (r) => {
      egress(r, { CidrIpv6: '::/0', IpProtocol: '-1' });
      propertiesOf(r, 'Subnet').Ipv6CidrBlock = '2001:db8::/64';
      r.Only6 = made('AWS::EC2::EgressOnlyInternetGateway', { VpcId: ref('Vpc') });
      r.Away = route({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: ref('Only6') });
    },
    { ip: 'open', 'cloud-api': 'open' },
    [],
  ],
  [
    'a carrier gateway',
    (r) => {
      egress(r);
      r.Carrier = made('AWS::EC2::CarrierGateway', { VpcId: ref('Vpc') });
      r.Away = route({ DestinationCidrBlock: '0.0.0.0/0', CarrierGatewayId: ref('Carrier') });
    },
    { ip: 'open', 'cloud-api': 'unproven' },
    ['beyond', 'endpoints'],
  ],
  [
    'a gateway whose attachment depends on a parameter',
    (r) => {
      egress(r);
      r.Gateway = made('AWS::EC2::InternetGateway');
      r.Attachment = made('AWS::EC2::VPCGatewayAttachment', {
        VpcId: ref('Vpc'),
        InternetGatewayId: { 'Fn::If': ['Wanted', ref('Gateway'), ref('AWS::NoValue')] },
      });
      r.Away = route({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway') });
      const network = propertiesOf(r, 'Service').NetworkConfiguration as {
        AwsvpcConfiguration: Record<string, unknown>;
      };
      network.AwsvpcConfiguration.AssignPublicIp = 'ENABLED';
    },
    { ip: 'open', 'cloud-api': 'open' },
    [],
  ],
  ['the cloud’s own resolver, named by DHCP', (r) => dhcp(r, ['AmazonProvidedDNS']), {}, []],
  [
    'other name servers, named by DHCP, in a network without a resolver',
    (r) => {
      propertiesOf(r, 'Vpc').EnableDnsSupport = false;
      dhcp(r, ['10.9.1.53']);
    },
    { dns: 'unproven' },
    ['dns'],
  ],
  ['other name servers, named by DHCP', (r) => dhcp(r, ['10.9.1.53']), { dns: 'unproven' }, ['dns']],
  [
    'a rule that forwards names',
    (r) => {
      r.Outbound = made('AWS::Route53Resolver::ResolverEndpoint', {
        ...{ Direction: 'OUTBOUND', SecurityGroupIds: [att('ProxyGroup', 'GroupId')] },
        IpAddresses: [{ SubnetId: ref('ProxySubnet') }],
      });
      r.Forward = made('AWS::Route53Resolver::ResolverRule', { RuleType: 'FORWARD', DomainName: 'corp.example' });
      r.Forwards = made('AWS::Route53Resolver::ResolverRuleAssociation', {
        ...{ VPCId: ref('Vpc'), ResolverRuleId: ref('Forward') },
      });
    },
    { dns: 'unproven' },
    ['dns'],
  ],
  [
    'commands that Systems Manager runs on an instance',
    (r) => {
      r.Closed = group([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }], [], 'Proxies');
      r.Machine = made('AWS::EC2::Instance', {
        ...{ SubnetId: ref('ProxySubnet'), SecurityGroupIds: [att('Closed', 'GroupId')] },
      });
      r.Command = made('AWS::SSM::Association', {
        ...{ Name: 'AWS-RunShellScript', Targets: [{ Key: 'InstanceIds', Values: [ref('Machine')] }] },
      });
    },
    { model: 'unproven' },
    ['type'],
  ],
  [
    'a subnet that is shared with other accounts',
    (r) => {
      r.Share = made('AWS::RAM::ResourceShare', {
        ResourceArns: [{ 'Fn::Sub': 'arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:subnet/${Subnet}' }],
      });
    },
    { model: 'unproven' },
    ['type'],
  ],
  [
    'encryption that a network asks for, and the exclusion from a block that the proof never counts on',
    (r) => {
      r.Encrypted = made('AWS::EC2::VPCEncryptionControl', { VpcId: ref('Vpc'), Mode: 'enforce' });
      r.Blocked = made('AWS::EC2::VPCBlockPublicAccessOptions', { InternetGatewayBlockMode: 'block-bidirectional' });
      r.Excluded = made('AWS::EC2::VPCBlockPublicAccessExclusion', { VpcId: ref('Vpc') });
    },
    {},
    [],
  ],
  [
    'another behind the window, registered by a group of machines',
    (r) => (r.Machines = made('AWS::AutoScaling::AutoScalingGroup', { TargetGroupARNs: [ref('Targets')] })),
    { neighbour: 'open', model: 'unproven' },
    ['type'],
  ],
];

function dhcp(r: Resources, servers: readonly string[]): void {
  r.Options = made('AWS::EC2::DHCPOptions', { DomainNameServers: servers });
  r.Served = made('AWS::EC2::VPCDHCPOptionsAssociation', { VpcId: ref('Vpc'), DhcpOptionsId: ref('Options') });
}
