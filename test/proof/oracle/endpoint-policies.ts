import fc from 'fast-check';
import { type Resources, SENTINEL } from './cell';

type Fields = Record<string, unknown>;

const OURS = { Ref: 'AWS::AccountId' };
const account = fc.oneof(
  { weight: 8, arbitrary: fc.constant<unknown>(OURS) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      '111122223333',
      ['111122223333', '444455556666'],
      '*',
      '1111*',
      '${aws:PrincipalAccount}',
      '${aws:ResourceAccount}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>({ Ref: 'Trusted' }, { 'Fn::ImportValue': 'Trusted' }, [
      OURS,
      { Ref: 'Trusted' },
    ]),
  },
);
const equals = [
  'StringEquals',
  'StringEquals',
  'StringLike',
  'StringEqualsIfExists',
  'StringEqualsIgnoreCase',
  'ForAllValues:StringEquals',
  'ForAnyValue:StringEquals',
];
const differs = ['StringNotEquals', 'StringNotEquals', 'StringNotLike', 'StringNotEqualsIfExists'];
const keys = fc.constantFrom(
  'aws:PrincipalAccount',
  'aws:PrincipalAccount',
  'aws:ResourceAccount',
  'AWS:principalaccount',
  's3:ResourceAccount',
);

/** What looks like a perimeter, and now and then is one. */
const condition = (operators: readonly string[]): fc.Arbitrary<Fields> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...operators), keys, account)
        .map(([operator, key, value]) => ({ [operator]: { [key]: value } })),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...operators), account, account).map(([operator, one, two]) => ({
        [operator]: { 'aws:PrincipalAccount': one, 'aws:ResourceAccount': two },
      })),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...operators),
          fc.constantFrom<Fields>(
            { 'aws:PrincipalOrgID': 'o-ours' },
            { 'aws:PrincipalOrgID': 'o-*' },
            { 'aws:ResourceOrgID': 'o-ours' },
            { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' },
            { 'aws:SourceVpc': { Ref: 'Vpc' } },
            { 'aws:PrincipalTag/team': 'agents' },
            { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Agent' },
            { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' },
          ),
        )
        .map(([operator, key]) => ({ [operator]: key })),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Fields>(
        { Bool: { 'aws:SecureTransport': 'true' } },
        { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
        { Null: { 'aws:PrincipalAccount': 'false' } },
        { Null: { 'aws:PrincipalAccount': 'true' } },
        { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:*' } },
        { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } },
      ),
    },
  );

const principal = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fields>({ Principal: '*' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fields>(
      { Principal: { AWS: '*' } },
      { Principal: { AWS: OURS } },
      { Principal: { AWS: 'arn:aws:iam::111122223333:root' } },
      { Principal: { AWS: '444455556666' } },
    ),
  },
);
const action = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fields>({ Action: '*' }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fields>(
      { Action: ['s3:GetObject', 'logs:PutLogEvents', 'ecr:BatchGetImage'] },
      { Action: ['S3:Get*', 'logs:*', 'ecr:*'] },
      { NotAction: ['s3:PutObject', 'logs:PutLogEvents', 'ecr:PutImage'] },
      { Action: 'sts:GetCallerIdentity' },
      { Action: 'ecr:GetAuthorizationToken' },
    ),
  },
);
const resource = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fields>({ Resource: '*' }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Fields>(
      { Resource: ['arn:aws:s3:::our-bucket', 'arn:aws:s3:::our-bucket/*'] },
      { Resource: 'arn:aws:s3:::prod-*' },
      { Resource: 'arn:aws:logs:*:111122223333:log-group:*' },
      { Resource: { 'Fn::Join': ['', ['arn:aws:logs:us-east-1:', OURS, ':log-group:agent:*']] } },
      { Resource: ['arn:aws:logs:us-east-1:*:log-group:agent:*', 'arn:aws:ecr:us-east-1:*:repository/agent'] },
      { Resource: 'arn:aws:ecr:us-east-1:111122223333:repository/*' },
      { Resource: 'arn:aws:*:*:${aws:PrincipalAccount}:*' },
      { NotResource: ['arn:aws:s3:::*', 'arn:aws:logs:*:*:*', 'arn:aws:ecr:*:*:*'] },
      { NotResource: 'arn:aws:logs:us-east-1:111122223333:*' },
    ),
  },
);

/** A condition as it is written, left out by a condition of the template, or none at all. */
const conditioned = (operators: readonly string[], always: boolean): fc.Arbitrary<Fields> =>
  fc.oneof(
    { weight: 10, arbitrary: condition(operators).map((Condition) => ({ Condition })) },
    {
      weight: 1,
      arbitrary: condition(operators).map((one) => ({
        Condition: { 'Fn::If': ['Wanted', one, { Ref: 'AWS::NoValue' }] },
      })),
    },
    { weight: always ? 1 : 3, arbitrary: fc.constant<Fields>({}) },
  );

const allow = fc
  .tuple(principal, action, resource, conditioned(equals, false))
  .map((parts) => Object.assign({ Effect: 'Allow' }, ...parts) as Fields);
const deny = fc
  .tuple(
    fc.constantFrom<Fields>(
      { Principal: '*' },
      { Principal: '*' },
      { Principal: { AWS: '*' } },
      { NotPrincipal: { AWS: '111122223333' } },
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant<Fields>({ Action: '*' }) }, { weight: 1, arbitrary: action }),
    fc.oneof({ weight: 3, arbitrary: fc.constant<Fields>({ Resource: '*' }) }, { weight: 1, arbitrary: resource }),
    conditioned(differs, true),
  )
  .map((parts) => Object.assign({ Effect: 'Deny' }, ...parts) as Fields);

const statements = fc
  .tuple(fc.array(allow, { minLength: 1, maxLength: 2 }), fc.array(deny, { maxLength: 2 }))
  .map(([allows, denies]) => ({ Version: '2012-10-17', Statement: [...denies, ...allows] }));
const policy = fc.oneof(
  { weight: 12, arbitrary: statements.map<unknown>((one) => one) },
  { weight: 1, arbitrary: statements.map<unknown>((one) => ({ 'Fn::If': ['Wanted', one, { Ref: 'AWS::NoValue' }] })) },
  { weight: 1, arbitrary: fc.constant<unknown>(undefined) },
);

/** An endpoint that the agent reaches, with a policy. */
export const endpointPolicies: fc.Arbitrary<Resources> = fc
  .tuple(fc.constantFrom('s3', 'logs', 'ecr.api'), policy)
  .map(([service, PolicyDocument]): Resources => ({
    Reached: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, `.${service}`]] },
        ...(PolicyDocument !== undefined && { PolicyDocument }),
        ...(service === 's3'
          ? { VpcEndpointType: 'Gateway', RouteTableIds: [{ Ref: 'PrivateTable' }] }
          : {
              VpcEndpointType: 'Interface',
              SubnetIds: [{ Ref: 'Private' }],
              SecurityGroupIds: [{ Ref: 'ReachedGroup' }],
            }),
      },
    },
    // Of its own: the cell's group is of an endpoint without a policy, which would be reached instead.
    ReachedGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        ...{ VpcId: { Ref: 'Vpc' }, GroupDescription: 'one', SecurityGroupEgress: [SENTINEL] },
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' }],
      },
    },
  }));
