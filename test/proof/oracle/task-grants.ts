import fc from 'fast-check';
import type { Resources } from './cell';

type Fields = Record<string, unknown>;

const role = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const NOTHING = { Ref: 'AWS::NoValue' };
const given = fc.oneof(
  { weight: 6, arbitrary: fc.constant<unknown>(undefined) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      role('ProxyRole'),
      'arn:aws:iam::111122223333:role/given',
      { Ref: 'RoleArn' },
      { 'Fn::ImportValue': 'RoleArn' },
      { 'Fn::If': ['Wanted', role('ProxyRole'), NOTHING] },
      { 'Fn::If': ['Wanted', NOTHING, NOTHING] },
    ),
  },
);
const launch = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fields>({ LaunchType: 'FARGATE' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Fields>(
      { LaunchType: 'EC2' },
      {},
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE' }, { CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] },
      { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE' }, { CapacityProvider: 'machines' }] },
      { LaunchType: { 'Fn::If': ['Wanted', 'FARGATE', 'EC2'] } },
    ),
  },
);
const container = fc.oneof(
  { weight: 7, arbitrary: fc.constant<Fields>({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Fields>(
      { Secrets: [{ Name: 'KEY', ValueFrom: { Ref: 'Secret' } }] },
      { Secrets: { 'Fn::If': ['Wanted', [{ Name: 'KEY', ValueFrom: { Ref: 'Secret' } }], NOTHING] } },
      { Environment: [{ Name: 'KEY', Value: '{{resolve:secretsmanager:key:SecretString}}' }] },
      { Environment: [{ Name: 'MODE', Value: 'safe' }] },
    ),
  },
);

/** Who else starts the task, and with which role. */
const starter = fc
  .tuple(
    fc.constantFrom('rule', 'schedule', 'states', 'states'),
    fc.constantFrom<Fields>(
      {},
      {},
      { taskRoleArn: 'arn:aws:iam::111122223333:role/given' },
      { containerOverrides: [{ name: 'main' }] },
    ),
    fc.constantFrom<Fields>(
      {},
      { 'Overrides.$': '$.overrides' },
      { Overrides: { 'TaskRoleArn.$': '$.role' } },
      { Overrides: {} },
    ),
  )
  .map(([kind, override, states]): Resources => {
    const network = {
      Subnets: [{ Ref: 'Private' }],
      SecurityGroups: [{ Ref: 'AgentGroup' }],
      AssignPublicIp: 'DISABLED',
    };
    const ecs = {
      TaskDefinitionArn: { Ref: 'AgentTask' },
      LaunchType: 'FARGATE',
      NetworkConfiguration: kind === 'rule' ? { AwsVpcConfiguration: network } : { AwsvpcConfiguration: network },
    };
    const target = { Arn: 'arn:cluster', RoleArn: 'arn:starter', EcsParameters: ecs, Input: JSON.stringify(override) };
    if (kind === 'rule')
      return { Starter: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'one', ...target }] } } };
    if (kind === 'schedule') return { Starter: { Type: 'AWS::Scheduler::Schedule', Properties: { Target: target } } };
    return {
      Starter: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: definition(states) } },
    };
  });

function definition(more: Fields): unknown {
  const parameters = {
    ...{ TaskDefinition: '<task>', LaunchType: 'FARGATE', EnableExecuteCommand: false },
    NetworkConfiguration: {
      AwsvpcConfiguration: { Subnets: ['<subnet>'], SecurityGroups: ['<group>'], AssignPublicIp: 'DISABLED' },
    },
    ...more,
  };
  const run = { Type: 'Task', End: true, Resource: 'arn:aws:states:::ecs:runTask.sync', Parameters: parameters };
  const ids: Readonly<Record<string, unknown>> = {
    '<task>': { Ref: 'AgentTask' },
    '<subnet>': { Ref: 'Private' },
    '<group>': { 'Fn::GetAtt': ['AgentGroup', 'GroupId'] },
  };
  const text = JSON.stringify({ StartAt: 'Run', States: { Run: run } });
  return { 'Fn::Join': ['', text.split(/(<\w+>)/).map((part) => ids[part] ?? part)] };
}

/** What looks like a refusal of everybody but the proxy, and now and then is one. */
const anyStatement = fc
  .tuple(
    fc.constantFrom<Fields>(
      { Principal: { AWS: '*' } },
      { Principal: '*' },
      { NotPrincipal: { AWS: role('ProxyRole') } },
    ),
    fc.constantFrom<unknown>(
      'secretsmanager:GetSecretValue',
      ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
      'secretsmanager:*',
      'secretsmanager:Get*',
      'secretsmanager:DescribeSecret',
      '*',
    ),
    fc.constantFrom<Fields>(
      ...[
        { ArnNotEquals: { 'aws:PrincipalArn': role('ProxyRole') } },
        { ArnNotEquals: { 'aws:PrincipalArn': role('ProxyRole') } },
      ],
      { StringNotEquals: { 'aws:PrincipalArn': [role('ProxyRole')] } },
      { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } },
      { ArnNotEquals: { 'aws:PrincipalArn': [role('ProxyRole'), 'arn:aws:iam::111122223333:role/P*'] } },
      { ArnNotEqualsIfExists: { 'aws:PrincipalArn': role('ProxyRole') } },
      { ArnEquals: { 'aws:PrincipalArn': role('ProxyRole') } },
      { StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
      {
        ArnNotEquals: { 'aws:PrincipalArn': role('ProxyRole') },
        StringNotEquals: { 'aws:PrincipalTag/team': 'reader' },
      },
      { ArnNotEquals: { 'aws:PrincipalArn': { Ref: 'RoleArn' } } },
      { ArnNotEquals: { 'aws:PrincipalArn': role('ProxyRole') }, Bool: { 'aws:SecureTransport': 'false' } },
    ),
    fc.constantFrom('Deny', 'Deny', 'Deny', 'Deny', 'Allow'),
    fc.constantFrom('*', '*', '*', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:another'),
  )
  .map(([who, Action, Condition, Effect, Resource]) => ({
    Effect,
    ...who,
    Action,
    Resource,
    ...('NotPrincipal' in who ? {} : { Condition }),
  }));

const refusal: Fields = {
  ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'secretsmanager:GetSecretValue', Resource: '*' },
  Condition: { ArnNotEquals: { 'aws:PrincipalArn': role('ProxyRole') } },
};
const statement = fc.oneof(
  { weight: 2, arbitrary: fc.constant(refusal) },
  { weight: 3, arbitrary: anyStatement.map((one): Fields => one) },
);

/** What the agent's task holds and is given, and who may read the proxy's secret. */
export const taskGrants: fc.Arbitrary<(cell: Resources) => Resources> = fc
  .tuple(
    given,
    launch,
    container,
    fc.option(starter, { freq: 2, nil: undefined }),
    fc.array(statement, { minLength: 1, maxLength: 2 }),
    fc.constantFrom<string | undefined>(undefined, undefined, undefined, undefined, 'Wanted'),
    fc.boolean(),
  )
  .map(([TaskRoleArn, how, holds, more, statements, condition, serves]) => (cell) => {
    const { NetworkConfiguration, TaskDefinition } = cell.Agent?.Properties ?? {};
    const task = cell.AgentTask?.Properties;
    return {
      ...cell,
      Agent: {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition, NetworkConfiguration, ...(serves ? how : { LaunchType: 'FARGATE' }) },
      },
      AgentTask: {
        ...cell.AgentTask,
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          ...task,
          ...(TaskRoleArn !== undefined && { TaskRoleArn }),
          ContainerDefinitions: [{ Name: 'main', ...holds }],
        },
      },
      ...secretOf(statements, condition),
      ProxyTask: {
        ...cell.ProxyTask,
        Type: 'AWS::ECS::TaskDefinition',
        Properties: { ...cell.ProxyTask?.Properties, TaskRoleArn: role('ProxyRole') },
      },
      ...more,
    };
  });

/** A secret with a policy of its own, and the role of the proxy, which may read it. */
export function secretOf(Statement: readonly Fields[], Condition: string | undefined): Resources {
  const read = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Secret' } };
  const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
  return {
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Description: 'one' } },
    SecretPolicy: {
      Type: 'AWS::SecretsManager::ResourcePolicy',
      ...(Condition !== undefined && { Condition }),
      Properties: { SecretId: { Ref: 'Secret' }, ResourcePolicy: { Version: '2012-10-17', Statement } },
    },
    ProxyRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Statement: [trust] },
        Policies: [{ PolicyName: 'read', PolicyDocument: { Statement: [read] } }],
      },
    },
  };
}
