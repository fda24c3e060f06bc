import fc from 'fast-check';
import type { Resources } from './cell';

type Fields = Record<string, unknown>;

const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
const logging = (name: unknown): Fields => ({
  LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': name, 'awslogs-region': 'us-east-1' } },
});
const task = (workload: string, container: Fields, more: Fields = {}): Resources[string] => ({
  Type: 'AWS::ECS::TaskDefinition',
  Metadata: { 'anchorhold:workload': workload },
  Properties: {
    ...{ NetworkMode: 'awsvpc', RequiresCompatibilities: ['FARGATE'] },
    ContainerDefinitions: [{ Name: 'main', ...container }],
    ...more,
  },
});
const log = (LogGroupName?: string): Resources[string] => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { ...(LogGroupName !== undefined && { LogGroupName }) },
});

const action = fc.constantFrom<unknown>(
  ...[
    'ecs:RunTask',
    'ecs:RunTask',
    'ecs:StartTask',
    'ecs:UpdateService',
    'ecs:ExecuteCommand',
    'ecs:*',
    'ecs:Run*',
    '*',
  ],
  ...['ecs:StopTask', 'ecs:Describe*', 'ec2:AuthorizeSecurityGroupEgress', 'ec2:CreateRoute', 'ec2:Describe*'],
  ...[
    'ec2:ModifySecurityGroupRules',
    'ec2:Replace*',
    'iam:CreatePolicyVersion',
    'elasticloadbalancing:RegisterTargets',
  ],
  ...['elasticloadbalancing:ModifyListener', 'route53resolver:AssociateResolverRule', 'route53resolver:Create*'],
  ...['states:UpdateStateMachine', 'states:StartExecution', 'route53resolver:*', 'logs:PutLogEvents', 'logs:*'],
  ...['logs:DeleteLogGroup', 'logs:DescribeLogGroups', 'logs:Put*', 's3:GetObject', ['s3:GetObject', 'ecs:RunTask']],
);
const resource = fc.constantFrom<unknown>(
  ...['*', '*', '*', { Ref: 'AgentTask' }, { Ref: 'ProxyTask' }, { Ref: 'AgentGroup' }],
  { 'Fn::GetAtt': ['ProxyLog', 'Arn'] },
  ...['arn:aws:ecs:us-east-1:111122223333:*', 'arn:aws:logs:us-east-1:111122223333:log-group:*'],
  ...['arn:aws:logs:us-east-1:111122223333:log-group:proxy:*', 'arn:aws:s3:::bucket/*', [{ Ref: 'AgentTask' }, '*']],
);
const condition = fc.constantFrom<Fields>(
  ...[{}, {}, {}, { Condition: { ArnEquals: { 'ecs:cluster': 'arn:cluster' } } }],
);
const statement = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    action,
    resource,
    condition,
    fc.constantFrom(false, false, false, false, true),
  )
  .map(([Effect, what, on, when, isInverted]): Fields => ({
    ...{ Effect, [isInverted ? 'NotAction' : 'Action']: what, Resource: on, ...when },
  }));

/** Somebody's role with policies of its own or attached; what the agent and the proxy print to. */
export const dutyWalls: fc.Arbitrary<(cell: Resources) => Resources> = fc
  .tuple(
    fc.array(statement, { maxLength: 2 }),
    fc.constantFrom<'agent' | 'somebody' | 'somebody' | 'nobody'>('agent', 'somebody', 'somebody', 'nobody'),
    fc.boolean(),
    fc.constantFrom<unknown>({ Ref: 'ProxyLog' }, { Ref: 'ProxyLog' }, { Ref: 'ProxyLog' }, 'proxy', undefined, {
      Ref: 'Log',
    }),
    fc.constantFrom<unknown>(
      undefined,
      { Ref: 'AgentLog' },
      { Ref: 'AgentLog' },
      { Ref: 'ProxyLog' },
      'proxy',
      { Ref: 'Log' },
      { 'Fn::If': ['Wanted', { Ref: 'AgentLog' }, { Ref: 'ProxyLog' }] },
    ),
    fc.constantFrom<string | undefined>(undefined, undefined, 'Wanted'),
  )
  .map(([Statement, who, apart, kept, printed, Condition]) => (cell) => {
    const document = { PolicyDocument: { Version: '2012-10-17', Statement } };
    const held = who !== 'nobody' && Statement.length > 0;
    return {
      ...cell,
      ProxyLog: log('proxy'),
      AgentLog: log('agent'),
      ProxyTask: task('proxy', kept === undefined ? {} : logging(kept)),
      AgentTask: task(
        'agent',
        printed === undefined ? {} : logging(printed),
        who === 'agent' ? { TaskRoleArn: { 'Fn::GetAtt': ['Held', 'Arn'] } } : {},
      ),
      ...(who !== 'nobody' && {
        Held: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: { Statement: [trust] },
            ...(held && !apart && { Policies: [{ PolicyName: 'one', ...document }] }),
          },
        },
      }),
      ...(held &&
        apart && {
          HeldPolicy: {
            Type: 'AWS::IAM::Policy',
            ...(Condition !== undefined && { Condition }),
            Properties: { PolicyName: 'one', Roles: [{ Ref: 'Held' }], ...document },
          },
        }),
    };
  });
