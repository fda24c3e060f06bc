import { type CloudService, endpoint } from './cloud-services';
import { subnet } from './sealed-cell';
import { group, propertiesOf, type Resources, route } from './templates';

/*
 * Ways out that somebody wrote by hand to see whether the proof says closed: in networks, names and policies of endpoints.
 */

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const made = (Type: string, Properties: object = {}): Resources[string] => ({ Type, Properties });
const EVERYTHING = { CidrIp: '0.0.0.0/0', IpProtocol: '-1' };
const ANYBODY = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const OURS = { ...ANYBODY, Condition: { StringEquals: { 'aws:ResourceAccount': ref('AWS::AccountId') } } };
const OUR_KEYS = { ...ANYBODY, Condition: { StringEquals: { 'aws:PrincipalAccount': ref('AWS::AccountId') } } };
const REGION = 'com.amazonaws.eu-west-1';

function egress(r: Resources, rule: object = EVERYTHING): void {
  (propertiesOf(r, 'Group').SecurityGroupEgress as object[]).push(rule);
}

function placed(r: Resources): Record<string, unknown> {
  const network = propertiesOf(r, 'Service').NetworkConfiguration as { AwsvpcConfiguration: Record<string, unknown> };
  return network.AwsvpcConfiguration;
}

/** Everything to the internet but a rule of the group: tasks have public addresses and IPv6. */
function gateway(r: Resources, destination: object = { DestinationCidrBlock: '0.0.0.0/0' }): void {
  r.Gateway = made('AWS::EC2::InternetGateway');
  r.Away = route({ ...destination, GatewayId: ref('Gateway') });
  propertiesOf(r, 'Subnet').Ipv6CidrBlock = '2001:db8::/64';
  placed(r).AssignPublicIp = 'ENABLED';
}

const SIX = { DestinationIpv6CidrBlock: '::/0' };
const OUT = { ip: 'open', 'cloud-api': 'open' } as const;
const UNKNOWN_OUT = { ip: 'unproven', 'cloud-api': 'unproven' } as const;
const NOWHERE = '255.255.255.255/32';

const NETWORKS: readonly CloudService[] = [
  [
    'a rule with a range and a prefix list',
    (r) => (gateway(r), egress(r, { CidrIp: NOWHERE, DestinationPrefixListId: 'pl-1', IpProtocol: '-1' })),
    OUT,
    [],
  ],
  [
    'a rule with ranges of both families',
    (r) => (gateway(r, SIX), egress(r, { CidrIp: NOWHERE, CidrIpv6: '::/0', IpProtocol: '-1' })),
    OUT,
    [],
  ],
  [
    'a route with two destinations',
    (r) => {
      gateway(r, { DestinationCidrBlock: '192.0.2.0/24', ...SIX });
      egress(r, { CidrIpv6: '::/0', IpProtocol: '-1' });
    },
    UNKNOWN_OUT,
    ['route'],
  ],
  [
    'an emptied default group in a network with IPv6',
    (r) => {
      gateway(r, SIX);
      placed(r).SecurityGroups = [att('Vpc', 'DefaultSecurityGroup')];
      r.Emptied = made('Custom::VpcRestrictDefaultSG', { DefaultSecurityGroupId: att('Vpc', 'DefaultSecurityGroup') });
    },
    OUT,
    [],
  ],
  [
    'a range with bits of hosts, ports as texts and a protocol as a number',
    (r) => {
      gateway(r, { DestinationCidrBlock: '192.0.2.7/0' });
      egress(r, { CidrIp: '192.0.2.7/0', IpProtocol: 6, FromPort: '443', ToPort: '443' });
    },
    OUT,
    [],
  ],
  [
    'NAT64',
    (r) => {
      Object.assign(r, subnet('Out', 'Vpc', '10.0.7.0/24', 'OutTable'));
      gateway(r);
      r.Away = made('AWS::EC2::Route', {
        ...{ RouteTableId: ref('OutTable'), DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway') },
      });
      r.Nat = made('AWS::EC2::NatGateway', { SubnetId: ref('Out') });
      r.Six = route({ DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: ref('Nat') });
      egress(r, { CidrIpv6: '64:ff9b::/96', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
    },
    OUT,
    [],
  ],
  [
    'a NAT gateway of a whole region',
    (r) => {
      r.Nat = made('AWS::EC2::NatGateway', { AvailabilityMode: 'regional', VpcId: ref('Vpc') });
      r.Away = route({ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: ref('Nat') });
      egress(r);
    },
    OUT,
    [],
  ],
  [
    'a route with a target that nobody knows',
    (r) => ((r.Away = route({ DestinationCidrBlock: '0.0.0.0/0', OdbNetworkArn: 'arn' })), egress(r)),
    UNKNOWN_OUT,
    ['route'],
  ],
  [
    'a route of the main table, which is only named',
    (r) => {
      gateway(r);
      egress(r);
      delete r.SubnetAssociation;
      propertiesOf(r, 'Away').RouteTableId = 'rtb-1';
    },
    UNKNOWN_OUT,
    ['elsewhere'],
  ],
  [
    'multicast by a transit gateway',
    (r) => (r.Domain = made('AWS::EC2::TransitGatewayMulticastDomainAssociation', { SubnetId: ref('Subnet') })),
    { model: 'unproven' },
    ['type'],
  ],
  [
    'an attachment to a core network',
    (r) => (r.Attached = made('AWS::NetworkManager::VpcAttachment', { SubnetArns: [{ 'Fn::Sub': 'arn:${Subnet}' }] })),
    { model: 'unproven' },
    ['type'],
  ],
  [
    'an inbound endpoint of the resolver in its network',
    (r) => {
      const peer = (side: string, id: string) => ({ [`${side}SecurityGroupId`]: att(id, 'GroupId'), IpProtocol: '-1' });
      r.Asked = group([], [peer('Source', 'Group')]);
      egress(r, peer('Destination', 'Asked'));
      r.Inbound = made('AWS::Route53Resolver::ResolverEndpoint', {
        ...{ Direction: 'INBOUND', SecurityGroupIds: [att('Asked', 'GroupId')] },
      });
    },
    { neighbour: 'open' },
    [],
  ],
  [
    'the firewall of names on another network',
    (r) => (propertiesOf(r, 'Firewall').VpcId = ref('Proxies')),
    { dns: 'open' },
    [],
  ],
  ['every name, with a dot', (r) => (propertiesOf(r, 'Allowed').Domains = ['*.']), { dns: 'open' }, []],
  [
    'an allowed name that is fetched at deployment',
    (r) => (propertiesOf(r, 'Allowed').Domains = [{ 'Fn::Sub': '{{resolve:ssm:/allowed}}' }]),
    { dns: 'unproven' },
    ['resolve'],
  ],
  [
    'a private zone whose names lead outside, which the firewall judges too',
    (r) => {
      r.Zone = made('AWS::Route53::HostedZone', { Name: 'x.example', VPCs: [{ VPCId: ref('Vpc') }] });
      const record = { Name: '*.x.example', Type: 'CNAME', ResourceRecords: ['outside.example'] };
      r.Record = made('AWS::Route53::RecordSet', { HostedZoneId: ref('Zone'), ...record });
    },
    {},
    [],
  ],
];

const account = (value: unknown) => ({ ...ANYBODY, Condition: { StringEquals: value } });
const guests = {
  Effect: 'Allow',
  Principal: { Federated: 'cognito-identity.amazonaws.com' },
  Condition: { 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'unauthenticated' } },
};
const trust = (statement: object) =>
  made('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', ...statement }] } });
const anyoneHas = (service: string, Type: string, Properties: object) => (r: Resources) => {
  endpoint(r, `${REGION}.${service}`, OURS);
  r.Public = made(Type, Properties);
};
const document = { Statement: [ANYBODY] };
const OPEN = { 'cloud-api': 'open' } as const;

const ENDPOINTS: readonly CloudService[] = [
  [
    'an endpoint whose resources are to be of the caller’s account',
    (r) => endpoint(r, `${REGION}.s3`, account({ 'aws:ResourceAccount': '${aws:PrincipalAccount}' })),
    OPEN,
    [],
  ],
  [
    'an endpoint whose callers are ours, and their resources theirs',
    (r) => {
      const value = { 'aws:PrincipalOrgID': 'o-1', 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' };
      endpoint(r, `${REGION}.s3`, account(value));
    },
    {},
    [],
  ],
  [
    'an endpoint whose account is fetched at deployment',
    (r) => endpoint(r, `${REGION}.s3`, account({ 'aws:PrincipalAccount': { 'Fn::Sub': '{{resolve:ssm:/account}}' } })),
    { 'cloud-api': 'unproven' },
    ['resolve'],
  ],
  [
    'an endpoint with a kind of principal that nobody knows',
    (r) => endpoint(r, `${REGION}.s3`, { ...ANYBODY, Principal: { '*': '*' } }),
    OPEN,
    [],
  ],
  [
    'an endpoint whose refusal is misspelt',
    (r) => {
      endpoint(r, `${REGION}.s3`, ANYBODY);
      const refusal = { ...ANYBODY, Effect: 'Deny', condition: { Bool: { 'aws:SecureTransport': 'false' } } };
      propertiesOf(r, 'Near').PolicyDocument = { Statement: [ANYBODY, refusal] };
    },
    { 'cloud-api': 'unproven' },
    ['policy'],
  ],
  [
    'our keys only, and a role that anybody may take',
    (r) => {
      endpoint(r, `${REGION}.s3`, OUR_KEYS);
      r.Anyones = trust({ Effect: 'Allow', Principal: { AWS: '*' } });
    },
    OPEN,
    [],
  ],
  [
    'one role only, and it is one that anybody may take',
    (r) => {
      endpoint(r, `${REGION}.s3`, { ...ANYBODY, Principal: { AWS: att('Anyones', 'Arn') } });
      r.Anyones = trust({ Effect: 'Allow', Principal: { AWS: '*' } });
    },
    OPEN,
    [],
  ],
  [
    'our keys only, and a role of those who don’t sign in',
    (r) => (endpoint(r, `${REGION}.s3`, OUR_KEYS), (r.Guests = trust(guests))),
    OPEN,
    [],
  ],
  [
    'an endpoint for a bucket of the templates, by its name',
    (r) => {
      r.Bucket = made('AWS::S3::Bucket');
      endpoint(r, `${REGION}.s3`, { ...ANYBODY, Resource: { 'Fn::Sub': 'arn:aws:s3:::${Bucket}/*' } });
    },
    {},
    [],
  ],
  [
    'an endpoint for a bucket that the caller’s own tag names',
    (r) => endpoint(r, `${REGION}.s3`, { ...ANYBODY, Resource: 'arn:aws:s3:::${aws:PrincipalTag/home}/*' }),
    OPEN,
    [],
  ],
  [
    'an endpoint for buckets whose names begin like one of the templates',
    (r) => {
      r.Bucket = made('AWS::S3::Bucket');
      endpoint(r, `${REGION}.s3`, { ...ANYBODY, Resource: { 'Fn::Sub': 'arn:aws:s3:::${Bucket}*' } });
    },
    OPEN,
    [],
  ],
  ...(
    [
      ['a bus', anyoneHas('events', 'AWS::Events::EventBusPolicy', { Statement: ANYBODY })],
      ['a bus, without a document', anyoneHas('events', 'AWS::Events::EventBusPolicy', { Principal: '*' })],
      ['a queue, beside it', anyoneHas('sqs', 'AWS::SQS::QueueInlinePolicy', { PolicyDocument: document })],
      ['a topic, beside it', anyoneHas('sns', 'AWS::SNS::TopicInlinePolicy', { PolicyDocument: document })],
      ['a secret', anyoneHas('secretsmanager', 'AWS::SecretsManager::ResourcePolicy', { ResourcePolicy: document })],
      ['a vault', anyoneHas('backup', 'AWS::Backup::BackupVault', { AccessPolicy: document })],
      ['packages', anyoneHas('codeartifact.api', 'AWS::CodeArtifact::Domain', { PermissionsPolicyDocument: document })],
      ['a log by a text', anyoneHas('logs', 'AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify(document) })],
    ] as const
  ).map(([what, put]): CloudService => [`${what} that anyone may write to`, put, OPEN, []]),
];

export const BY_HAND_AROUND: readonly CloudService[] = [...NETWORKS, ...ENDPOINTS];
