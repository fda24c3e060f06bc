import { closedCell, finding, judged, propertiesOf, type Resources } from './templates';

const CONDITION = {
  Parameters: { Value: { Type: 'String' }, Given: { Type: 'String' } },
  Conditions: { Maybe: { 'Fn::Equals': [{ Ref: 'Value' }, 'yes'] } },
};
const LOGS = {
  Name: 'main',
  LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': 'proxy' } },
};
const HELD = { 'Fn::GetAtt': ['Held', 'Arn'] };

/** An agent with this role, beside a proxy that keeps its log in the group `proxy`. */
function audit(TaskRoleArn: unknown, more: Resources = {}): string {
  const resources: Resources = {
    ...closedCell(),
    LoggingProxy: {
      Type: 'AWS::ECS::TaskDefinition',
      Metadata: { 'anchorhold:workload': 'proxy' },
      Properties: { NetworkMode: 'awsvpc', ContainerDefinitions: [LOGS] },
    },
    ...more,
  };
  Object.assign(resources.Task ?? {}, { Metadata: { 'anchorhold:workload': 'agent' } });
  if (TaskRoleArn !== undefined) propertiesOf(resources, 'Task').TaskRoleArn = TaskRoleArn;
  return finding(judged(resources, {}, CONDITION), 'audit', 'the log of LoggingProxy').verdict;
}

const role = (properties: object = {}): Resources => ({ Held: { Type: 'AWS::IAM::Role', Properties: properties } });
const deletes = (Resource: unknown) => ({
  Statement: [{ Effect: 'Allow', Action: 'logs:DeleteLogGroup', Resource }],
});
const attached = (more: object = {}): Resources => ({
  ...role(),
  Beside: {
    Type: 'AWS::IAM::Policy',
    Properties: { Roles: [{ Ref: 'Held' }], PolicyDocument: deletes('*') },
    ...more,
  },
});

test('an agent without a role, or with one that may do nothing there, leaves the log as it is', () => {
  expect(audit(undefined)).toBe('closed');
  expect(audit(HELD, role({ Policies: [{ PolicyDocument: deletes('arn:aws:logs:r:1:log-group:agent') }] }))).toBe(
    'closed',
  );
});

test.each<[string, unknown, Resources]>([
  ['that is a parameter', { Ref: 'Given' }, {}],
  ['that no template holds', 'arn:aws:iam::111122223333:role/given', {}],
  ['that is imported', { 'Fn::ImportValue': 'role' }, {}],
  [
    'with a managed policy not known',
    HELD,
    role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchLogsFullAccess'] }),
  ],
  ['with a policy not known', HELD, role({ Policies: [{ PolicyDocument: { Ref: 'Given' } }] })],
  ['with a policy that a condition may leave out', HELD, attached({ Condition: 'Maybe' })],
])('of an agent’s role %s nobody knows what it does to the log', (_, held, more) => {
  expect(audit(held, more)).toBe('unproven');
});

test.each<[string, Resources]>([
  ['by a policy beside its role', attached()],
  ['by the log’s name', role({ Policies: [{ PolicyDocument: deletes('arn:aws:logs:r:1:log-group:proxy') }] })],
  [
    'by a name with the account left to the cloud',
    role({
      Policies: [{ PolicyDocument: deletes({ 'Fn::Sub': 'arn:aws:logs:r:${AWS::AccountId}:log-group:proxy' }) }],
    }),
  ],
])('an agent that may remove the log %s is open', (_, more) => {
  expect(audit(HELD, more)).toBe('open');
});

test('a grant that a condition may leave out is unproven for every claim that reads it', () => {
  const resources = { ...closedCell(), ...attached({ Condition: 'Maybe' }) };
  propertiesOf(resources, 'Task').TaskRoleArn = HELD;
  expect(finding(judged(resources, {}, CONDITION), 'role', 'task role').verdict).toBe('unproven');
  propertiesOf(resources, 'Beside').PolicyDocument = {
    Statement: [{ Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' }],
  };
  expect(finding(judged(resources, {}, CONDITION), 'launcher', 'identities').verdict).toBe('unproven');
});
