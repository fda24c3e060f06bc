import type { ClaimId } from '../../lib/proof';
import type { Hole } from './holes';
import { propertiesOf, type Resources } from './templates';

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const ANYONE = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const ACCOUNT = ref('AWS::AccountId');

const removing = (Resource: unknown) => ({
  Statement: [{ Effect: 'Allow', Action: 'logs:DeleteLogGroup', Resource }],
});

const of = (claim: ClaimId) => (hole: string, make: Hole['make']) => ({ hole, claim, make });
const dns = of('dns');
const api = of('cloud-api');
const near = of('neighbour');
const inbound = of('inbound');

function egress(r: Resources, rule: object): void {
  (propertiesOf(r, 'Group').SecurityGroupEgress as object[]).push(rule);
}

const rules = (r: Resources) => propertiesOf(r, 'Names').FirewallRules as Record<string, unknown>[];
const list = (...Domains: string[]) => ({ Type: 'AWS::Route53Resolver::FirewallDomainList', Properties: { Domains } });

const NAMES: readonly Hole[] = [
  dns('a wildcard of a zone', (r) => (r.Allowed = list('*.files.example'))),
  dns('every name allowed first', (r) => {
    r.Early = {
      Type: 'AWS::Route53Resolver::FirewallRuleGroup',
      Properties: { FirewallRules: [{ FirewallDomainListId: ref('Everything'), Priority: 1, Action: 'ALLOW' }] },
    };
    r.First = {
      Type: 'AWS::Route53Resolver::FirewallRuleGroupAssociation',
      Properties: { VpcId: ref('Vpc'), FirewallRuleGroupId: ref('Early'), Priority: 101 },
    };
  }),
  dns('a wildcard allowed before the refusal', (r) => {
    r.Wide = list('*.files.example');
    rules(r).push({ FirewallDomainListId: ref('Wide'), Priority: 15, Action: 'ALLOW' });
  }),
  dns('a refusal after a wildcard of another group', (r) => {
    Object.assign(rules(r)[0] ?? {}, { FirewallDomainListId: ref('Everything'), Priority: 19 });
  }),
  dns('a firewall that fails open', (r) => {
    r.Config = {
      Type: 'AWS::Route53Resolver::FirewallConfig',
      Properties: { ResourceId: ref('Vpc'), FirewallFailOpen: 'ENABLED' },
    };
  }),
  dns('a forwarding rule', (r) => {
    r.Forward = {
      Type: 'AWS::Route53Resolver::ResolverRuleAssociation',
      Properties: { VPCId: ref('Vpc'), ResolverRuleId: 'rslvr-rr-1' },
    };
  }),
  dns('servers by DHCP', (r) => {
    r.Options = { Type: 'AWS::EC2::DHCPOptions', Properties: { DomainNameServers: ['192.0.2.53'] } };
    r.Servers = {
      Type: 'AWS::EC2::VPCDHCPOptionsAssociation',
      Properties: { VpcId: ref('Vpc'), DhcpOptionsId: ref('Options') },
    };
  }),
  dns('a profile', (r) => {
    r.Profile = {
      Type: 'AWS::Route53Profiles::ProfileAssociation',
      Properties: { ResourceId: ref('Vpc'), ProfileId: 'rp-1' },
    };
  }),
  dns('a delegation', (r) => {
    r.Zone = {
      Type: 'AWS::Route53::HostedZone',
      Properties: { Name: 'inner.example', VPCs: [{ VPCId: ref('Vpc'), VPCRegion: 'eu-west-1' }] },
    };
    r.Record = {
      Type: 'AWS::Route53::RecordSet',
      Properties: { HostedZoneId: ref('Zone'), Name: 'x.inner.example', Type: 'NS', ResourceRecords: ['ns.example'] },
    };
  }),
  dns('no association', (r) => void delete r.Firewall),
];

function gatewayEndpoint(r: Resources, statements: readonly object[] | undefined): void {
  r.S3 = {
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: {
      VpcEndpointType: 'Gateway',
      VpcId: ref('Vpc'),
      ServiceName: 'com.amazonaws.eu-west-1.s3',
      RouteTableIds: [ref('Table')],
      ...(statements && { PolicyDocument: { Statement: statements } }),
    },
  };
  egress(r, { DestinationPrefixListId: 'pl-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
}

function interfaceEndpoint(r: Resources, statements: readonly object[] | undefined): void {
  r.LogsGroup = {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      VpcId: ref('Vpc'),
      SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }],
      SecurityGroupIngress: [
        { SourceSecurityGroupId: att('Group', 'GroupId'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
      ],
    },
  };
  egress(r, { DestinationSecurityGroupId: att('LogsGroup', 'GroupId'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
  r.Logs = {
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: {
      VpcEndpointType: 'Interface',
      VpcId: ref('Vpc'),
      ServiceName: 'com.amazonaws.eu-west-1.logs',
      SubnetIds: [ref('Subnet')],
      SecurityGroupIds: [att('LogsGroup', 'GroupId')],
      ...(statements && { PolicyDocument: { Statement: statements } }),
    },
  };
}

const policies: readonly [string, readonly object[] | undefined][] = [
  ['no policy', undefined],
  ['a policy for anyone', [ANYONE]],
  ['an organisation by a wildcard', [{ ...ANYONE, Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } }]],
  ['an account by a wildcard', [{ ...ANYONE, Condition: { StringLike: { 'aws:ResourceAccount': ['1*'] } } }]],
  [
    'a principal by a wildcard',
    [{ ...ANYONE, Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } } }],
  ],
  [
    'a condition where it is there',
    [{ ...ANYONE, Condition: { StringEqualsIfExists: { 'aws:PrincipalAccount': ACCOUNT } } }],
  ],
  [
    'a refusal under a condition',
    [ANYONE, { ...ANYONE, Effect: 'Deny', Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }],
  ],
  [
    'a refusal by another account alone',
    [ANYONE, { ...ANYONE, Effect: 'Deny', Principal: { AWS: 'arn:aws:iam::111111111111:root' } }],
  ],
  ['a refusal of one action', [ANYONE, { ...ANYONE, Effect: 'Deny', Action: 's3:PutObject' }]],
  ['everything but an action', [{ Effect: 'Allow', Principal: '*', NotAction: 's3:GetObject', Resource: '*' }]],
  [
    'everybody but one',
    [{ Effect: 'Allow', NotPrincipal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: '*', Resource: '*' }],
  ],
];

const APIS: readonly Hole[] = [
  ...policies.flatMap(([name, statements]) => [
    api(`an interface endpoint with ${name}`, (r) => interfaceEndpoint(r, statements)),
    api(`a gateway endpoint with ${name}`, (r) => gatewayEndpoint(r, statements)),
  ]),
  api('a gateway endpoint and an address range', (r) => {
    gatewayEndpoint(r, undefined);
    (propertiesOf(r, 'Group').SecurityGroupEgress as object[]).splice(-1, 1, { CidrIp: '0.0.0.0/0', IpProtocol: '-1' });
  }),
  api('an interface endpoint reached by a prefix list', (r) => {
    interfaceEndpoint(r, undefined);
    (propertiesOf(r, 'LogsGroup').SecurityGroupIngress as object[]).push({ CidrIp: '10.0.0.0/16', IpProtocol: '-1' });
    (propertiesOf(r, 'Group').SecurityGroupEgress as object[]).splice(-1, 1, {
      DestinationPrefixListId: 'pl-1',
      IpProtocol: '-1',
    });
  }),
];

function neighbour(r: Resources, ingress: object, holder: Resources[string]): void {
  r.Others = {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      VpcId: ref('Vpc'),
      SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }],
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, ...ingress }],
    },
  };
  r.Other = holder;
}

const DATABASE = {
  Type: 'AWS::RDS::DBInstance',
  Properties: { VPCSecurityGroups: [att('Others', 'GroupId')] },
};
const INSTANCE = {
  Type: 'AWS::EC2::Instance',
  Properties: {
    NetworkInterfaces: [{ DeviceIndex: '0', SubnetId: ref('Subnet'), GroupSet: [att('Others', 'GroupId')] }],
  },
};
const FROM_GROUP = { SourceSecurityGroupId: att('Group', 'GroupId') };
const FROM_RANGE = { CidrIp: '10.0.0.0/16' };
const toOthers = { DestinationSecurityGroupId: att('Others', 'GroupId'), IpProtocol: '-1' };

const NEIGHBOURS: readonly Hole[] = [
  near('a database', (r) => (egress(r, toOthers), neighbour(r, FROM_GROUP, DATABASE))),
  near('an instance by its interfaces', (r) => (egress(r, toOthers), neighbour(r, FROM_GROUP, INSTANCE))),
  near('a database by address', (r) => {
    egress(r, { CidrIp: '10.0.0.0/8', IpProtocol: '-1' });
    neighbour(r, FROM_RANGE, DATABASE);
  }),
  near('a database by IPv6', (r) => {
    propertiesOf(r, 'Subnet').Ipv6CidrBlock = '2600:1:1:1::/64';
    r.Range = { Type: 'AWS::EC2::VPCCidrBlock', Properties: { VpcId: ref('Vpc'), AmazonProvidedIpv6CidrBlock: true } };
    egress(r, { CidrIpv6: '::/0', IpProtocol: '-1' });
    neighbour(r, { CidrIpv6: '::/0' }, DATABASE);
  }),
  near('a database by a list of the customer', (r) => {
    r.List = {
      Type: 'AWS::EC2::PrefixList',
      Properties: { AddressFamily: 'IPv4', MaxEntries: 1, PrefixListName: 'x', Entries: [{ Cidr: '10.0.0.0/16' }] },
    };
    egress(r, { DestinationPrefixListId: att('List', 'PrefixListId'), IpProtocol: '-1' });
    neighbour(r, FROM_RANGE, DATABASE);
  }),
  near('a database by a list that is only named', (r) => {
    egress(r, { DestinationPrefixListId: 'pl-1', IpProtocol: '-1' });
    neighbour(r, FROM_RANGE, DATABASE);
  }),
  near('a database that admits a list', (r) => {
    egress(r, toOthers);
    neighbour(r, { SourcePrefixListId: 'pl-1' }, DATABASE);
  }),
  near('a service of VPC Lattice', (r) => {
    r.Lattice = {
      Type: 'AWS::VpcLattice::ServiceNetworkVpcAssociation',
      Properties: { VpcIdentifier: ref('Vpc'), ServiceNetworkIdentifier: 'sn-1' },
    };
  }),
  near('a file system', (r) => {
    propertiesOf(r, 'Task').Volumes = [{ Name: 'x', EFSVolumeConfiguration: { FilesystemId: 'fs-1' } }];
  }),
  near('another agent', (r) => {
    egress(r, { DestinationSecurityGroupId: att('Group', 'GroupId'), IpProtocol: '-1' });
    propertiesOf(r, 'Group').SecurityGroupIngress = [{ ...FROM_GROUP, IpProtocol: '-1' }];
  }),
  near('an endpoint of somebody’s service', (r) => {
    interfaceEndpoint(r, undefined);
    propertiesOf(r, 'Logs').ServiceName = 'com.amazonaws.vpce.eu-west-1.vpce-svc-1';
  }),
  near('an address behind the window', (r) => (propertiesOf(r, 'Targets').Targets = [{ Id: '10.9.1.7' }])),
  near('a second balancer behind the window', (r) => {
    r.Second = {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Type: 'network', Scheme: 'internal', Subnets: [ref('ProxySubnet')] },
    };
    (propertiesOf(r, 'Offered').NetworkLoadBalancerArns as object[]).push(ref('Second'));
  }),
  near('a second listener of the window', (r) => {
    r.OtherTargets = {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { TargetType: 'ip', Port: 5432, Targets: [{ Id: '10.9.1.7' }] },
    };
    r.OtherListener = {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: ref('Balancer'),
        Port: 5432,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('OtherTargets') }],
      },
    };
  }),
  near('another service behind the window', (r) => {
    r.Another = {
      Type: 'AWS::ECS::Service',
      Properties: { TaskDefinition: 'other', LoadBalancers: [{ TargetGroupArn: ref('Targets') }] },
    };
  }),
];

const INBOUND: readonly Hole[] = [
  inbound('a rule of its group', (r) => {
    propertiesOf(r, 'Group').SecurityGroupIngress = [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }];
  }),
  inbound('a rule beside its group', (r) => {
    r.In = {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: { GroupId: att('Group', 'GroupId'), CidrIp: '0.0.0.0/0', IpProtocol: '-1' },
    };
  }),
  inbound('a session', (r) => (propertiesOf(r, 'Service').EnableExecuteCommand = true)),
  inbound('Service Connect', (r) => {
    propertiesOf(r, 'Service').ServiceConnectConfiguration = { Enabled: true, Services: [{ PortName: 'x' }] };
  }),
  inbound('a load balancer', (r) => (propertiesOf(r, 'Service').LoadBalancers = [{ TargetGroupArn: ref('Targets') }])),
];

const OPERATOR = (statement: object): Resources[string] => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] },
});

const OTHERS: readonly Hole[] = [
  of('model')('an agent that is no task', (r) => {
    r.Function = { Type: 'AWS::Lambda::Function', Properties: {}, Metadata: { 'anchorhold:workload': 'agent' } };
  }),
  of('launcher')('a role that runs it', (r) => {
    r.Operator = OPERATOR({ Action: 'ecs:RunTask', Resource: ref('Task') });
  }),
  of('role')('a role of its own', (r) => {
    r.Operator = OPERATOR({ Action: 's3:*', Resource: '*' });
    propertiesOf(r, 'Task').TaskRoleArn = att('Operator', 'Arn');
  }),
  of('secrets')('another reader of the secret', (r) => {
    delete r.SecretPolicy;
    r.Operator = OPERATOR({ Action: 'secretsmanager:GetSecretValue', Resource: ref('Secret') });
  }),
  of('secrets')('a secret in its environment', (r) => {
    propertiesOf(r, 'Task').ContainerDefinitions = [{ Name: 'agent', Secrets: [{ Name: 'KEY', ValueFrom: 'arn' }] }];
  }),
  of('audit')('the proxy’s own log', (r) => {
    const { LogConfiguration } =
      (propertiesOf(r, 'Proxy').ContainerDefinitions as { LogConfiguration: object }[])[0] ?? {};
    propertiesOf(r, 'Task').ContainerDefinitions = [{ Name: 'agent', LogConfiguration }];
  }),
  of('audit')('the proxy’s log by its name', (r) => {
    propertiesOf(r, 'Log').LogGroupName = '/proxy';
    const LogConfiguration = { LogDriver: 'awslogs', Options: { 'awslogs-group': '/proxy' } };
    propertiesOf(r, 'Task').ContainerDefinitions = [{ Name: 'agent', LogConfiguration }];
  }),
  of('audit')('a role that removes the proxy’s log', (r) => {
    r.Held = {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyName: 'one', PolicyDocument: removing(att('Log', 'Arn')) }] },
    };
    propertiesOf(r, 'Task').TaskRoleArn = att('Held', 'Arn');
  }),
  of('audit')('a policy beside a role that removes the proxy’s log', (r) => {
    r.Held = { Type: 'AWS::IAM::Role', Properties: {} };
    r.Beside = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'one', Roles: [ref('Held')], PolicyDocument: removing('*') },
    };
    propertiesOf(r, 'Task').TaskRoleArn = att('Held', 'Arn');
  }),
  of('proxy')('a stranger’s group before the proxy', (r) => {
    r.StrangerGroup = {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        VpcId: ref('Proxies'),
        SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }],
      },
    };
    r.Stranger = { Type: 'AWS::RDS::DBInstance', Properties: { VPCSecurityGroups: [att('StrangerGroup', 'GroupId')] } };
    (propertiesOf(r, 'ProxyGroup').SecurityGroupIngress as object[]).push({
      SourceSecurityGroupId: att('StrangerGroup', 'GroupId'),
      IpProtocol: '-1',
    });
  }),
  of('proxy')('a balancer that says nothing of its place', (r) => void delete propertiesOf(r, 'Balancer').Scheme),
  of('proxy')('a policy beside the proxy’s role', (r) => {
    r.More = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [ref('ProxyRole')],
        PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } },
      },
    };
  }),
];

/** Names, endpoints, neighbours, what comes in, and who holds what. */
export const INNER_HOLES: readonly Hole[] = [...NAMES, ...APIS, ...NEIGHBOURS, ...INBOUND, ...OTHERS];
