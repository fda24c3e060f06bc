import { User } from 'aws-cdk-lib/aws-iam';
import { Template } from 'aws-cdk-lib/assertions';
import { agentStack, asList, asObject, type Json, resourcesOf } from './stack';

const { stack, agent } = agentStack();
const user = new User(stack, 'Caller');
agent.grantRun(user);
const template = Template.fromStack(stack);

/** Every statement of policies attached to something whose logical id begins with `owner`. */
function statements(owner: string): Readonly<Record<string, Json>>[] {
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify([Properties.Users, Properties.Roles]).includes(owner))
    .flatMap(({ Properties }) => asList(asObject(Properties.PolicyDocument).Statement).map(asObject));
}

test('a grantee may start the launcher, and nothing else', () => {
  expect(statements('Caller').map(({ Action }) => Action)).toEqual(['states:StartExecution']);
  expect(JSON.stringify(statements('Caller')[0]?.Resource)).toContain('AgentLauncherStateMachine');
});

test('a run has the task’s revision, network and group written out, and no exec', () => {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  const text = JSON.stringify(stack.resolve(machine?.Properties.DefinitionString));
  for (const part of [
    '\\"AssignPublicIp\\":\\"DISABLED\\"',
    '\\"EnableExecuteCommand\\":false',
    '\\"LaunchType\\":\\"FARGATE\\"',
    String(stack.getLogicalId(agent.task.definition.node.defaultChild as never)), // the library's own CfnElement
  ])
    expect(text).toContain(part);
  expect(text).toContain('"Fn::GetAtt":["AgentSecurityGroup');
});

test('the caller’s input becomes the value of one variable: no command, role, size or other container', () => {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  const text = JSON.stringify(machine?.Properties.DefinitionString);
  const overrides = /\\"Overrides\\":(.*?)\}\]\}\]\}/.exec(text)?.[0].replaceAll('\\"', '"');
  expect(overrides).toBe(
    '"Overrides":{"ContainerOverrides":[{"Name":"agent","Environment":[{"Name":"ANCHORHOLD_INPUT","Value.$":"$.input"}]}]}',
  );
  expect(text.match(/\$\.[a-z]+/g)?.filter((path) => path !== '$.input')).toEqual([]);
  expect(text).toContain('\\"IsString\\":true');
});

test('the launcher may run that one revision without exec, stop its own tasks, and pass one role to ECS', () => {
  const found = statements('LauncherRole');
  expect(found.map(({ Action }) => Action)).toEqual([
    'ecs:RunTask',
    ['ecs:StopTask', 'ecs:DescribeTasks'],
    ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    'iam:PassRole',
  ]);
  expect(found.filter(({ Resource }) => Resource === '*')).toEqual([]);
  expect(found[0]?.Condition).toMatchObject({ Bool: { 'ecs:enable-execute-command': 'false' }, ArnEquals: {} });
  expect(found[3]?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
});
