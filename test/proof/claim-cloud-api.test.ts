import { closedCell, finding, group, judged, type Resources } from './templates';

const OURS = { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } };
const ALLOW = { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' };

/** The agent beside an interface endpoint that admits it, or a gateway endpoint in its table. */
function cell(document: object | undefined, gateway = false): Resources {
  const service = { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.s3' };
  const place = gateway
    ? { VpcEndpointType: 'Gateway', RouteTableIds: [{ Ref: 'Table' }] }
    : { VpcEndpointType: 'Interface', SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [{ Ref: 'Endpoints' }] };
  return {
    ...closedCell(),
    Group: group([{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }]),
    Endpoints: group([], [{ SourceSecurityGroupId: { Ref: 'Group' }, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }]),
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        ServiceName: service,
        ...place,
        ...(document && { PolicyDocument: document }),
      },
    },
  };
}

const judge = (statements: readonly object[], gateway = false) =>
  finding(judged(cell({ Statement: statements }, gateway)), 'cloud-api', 'Endpoint').verdict;

test('opens an endpoint without a policy, interface and gateway alike', () => {
  const path = finding(judged(cell(undefined)), 'cloud-api', 'Endpoint').path.map(({ id }) => id);
  expect(path).toEqual(['Service', 'Group', 'Endpoints', 'Endpoint', 'Endpoint']);
  expect(finding(judged(cell(undefined, true)), 'cloud-api', 'Endpoint')).toMatchObject({
    verdict: 'open',
    change: expect.stringContaining('PolicyDocument'),
  });
});

test('says nothing of an endpoint that no rule reaches', () => {
  const resources = {
    ...cell(undefined),
    Group: group([{ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }]),
  };
  expect(finding(judged(resources), 'cloud-api', 'other endpoints').verdict).toBe('closed');
});

test.each([
  ['an open policy', [ALLOW], 'open'],
  ['our principals', [{ ...ALLOW, Condition: { StringEquals: OURS } }], 'closed'],
  [
    'our resources',
    [{ ...ALLOW, Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } } }],
    'closed',
  ],
  [
    'our principals where there is one, which anonymous requests lack',
    [{ ...ALLOW, Condition: { StringEqualsIfExists: OURS } }],
    'open',
  ],
  [
    'our principals for all values, which is true of none',
    [{ ...ALLOW, Condition: { 'ForAllValues:StringEquals': OURS } }],
    'open',
  ],
  ['our organisation', [{ ...ALLOW, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }], 'closed'],
  ['any organisation', [{ ...ALLOW, Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } }], 'open'],
  [
    'a condition that the attacker can meet',
    [{ ...ALLOW, Condition: { StringEquals: { 'aws:SourceVpc': { Ref: 'Vpc' } } } }],
    'open',
  ],
  [
    'a refusal of foreign principals',
    [ALLOW, { ...ALLOW, Effect: 'Deny', Action: '*', Condition: { StringNotEquals: OURS } }],
    'closed',
  ],
  [
    'a refusal with a second condition',
    [
      ALLOW,
      {
        ...ALLOW,
        Effect: 'Deny',
        Action: '*',
        Condition: { StringNotEquals: OURS, Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
    'open',
  ],
  [
    'a refusal of other actions',
    [ALLOW, { ...ALLOW, Effect: 'Deny', Action: 's3:Get*', Condition: { StringNotEquals: OURS } }],
    'open',
  ],
  [
    'an allowance of all but some actions',
    [{ Effect: 'Allow', Principal: '*', NotAction: 's3:Put*', Resource: '*' }],
    'open',
  ],
  [
    'the layer bucket, read',
    [
      {
        ...ALLOW,
        Action: 's3:GetObject',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*' },
      },
    ],
    'closed',
  ],
  [
    'the layer bucket, written',
    [{ ...ALLOW, Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*' } }],
    'unproven',
  ],
  ['a bucket by name, which anyone may own', [{ ...ALLOW, Resource: 'arn:aws:s3:::reports/*' }], 'unproven'],
  ['buckets by a pattern', [{ ...ALLOW, Resource: 'arn:aws:s3:::reports-*' }], 'open'],
  [
    'an account by number',
    [{ ...ALLOW, Action: 'ecr:*', Resource: 'arn:aws:ecr:eu-west-1:111122223333:repository/*' }],
    'closed',
  ],
  [
    'named principals',
    [{ ...ALLOW, Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } } }],
    'closed',
  ],
  [
    'everyone but some',
    [{ ...ALLOW, Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }],
    'open',
  ],
])('judges %s', (_, statements, verdict) => {
  expect(judge(statements)).toBe(verdict);
  expect(judge(statements, true)).toBe(verdict);
});

test('is unproven for a policy that can’t be read', () => {
  expect(finding(judged(cell({ 'Fn::Transform': { Name: 'x' } })), 'cloud-api', 'Endpoint').verdict).toBe('unproven');
});
