import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CustomState, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { AGENT_CONTAINER, type AgentTask } from './agent-task';
import { addLauncherRole } from './run-role';
import { addTextMachine } from './text-machine';

/** The agent's environment variable that carries the caller's input. */
export const INPUT_VARIABLE = 'ANCHORHOLD_INPUT';

export interface AgentLauncherProps {
  readonly task: AgentTask;
  /** A run that takes longer is stopped. @default 8 hours */
  readonly timeout?: Duration;
}

/**
 * Starts runs of an agent with everything fixed. IAM has no condition for the subnets, groups, address or overrides of
 * RunTask, so whoever may call that may run the agent anywhere. Here the caller gives one text, `{"input": "…"}`, which
 * the agent finds in `ANCHORHOLD_INPUT`: data, never a command or the name of a variable. ECS takes 8,192 characters.
 */
export class AgentLauncher extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: AgentLauncherProps) {
    super(scope, id);
    const role = addLauncherRole(this, 'Starts runs of one agent task in one network');
    for (const statement of launchStatements(this, props.task)) role.addToPolicy(statement);
    const run = new CustomState(this, 'Run', { stateJson: runState(this, props.task) });
    this.stateMachine = addTextMachine(this, { role, run, timeout: props.timeout ?? Duration.hours(8) });
  }

  /** Lets `grantee` start runs through this launcher: `states:StartExecution` on it, and nothing else. */
  grantRun(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}

function runState(scope: Construct, { cluster, definition, network, securityGroup }: AgentTask): object {
  return {
    Type: 'Task',
    Resource: `arn:${Stack.of(scope).partition}:states:::ecs:runTask.sync`,
    ResultPath: null,
    End: true,
    Parameters: {
      Cluster: cluster.clusterArn,
      // The revision: an older one may be weaker.
      TaskDefinition: definition.taskDefinitionArn,
      LaunchType: 'FARGATE',
      PlatformVersion: 'LATEST',
      EnableExecuteCommand: false,
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          Subnets: network.subnetIds,
          SecurityGroups: [securityGroup.securityGroupId],
          AssignPublicIp: 'DISABLED',
        },
      },
      Overrides: {
        ContainerOverrides: [{ Name: AGENT_CONTAINER, Environment: [{ Name: INPUT_VARIABLE, 'Value.$': '$.input' }] }],
      },
    },
  };
}

function launchStatements(scope: Construct, { cluster, definition }: AgentTask): PolicyStatement[] {
  const stack = Stack.of(scope);
  const inCluster = { ArnEquals: { 'ecs:cluster': cluster.clusterArn } };
  return [
    new PolicyStatement({
      actions: ['ecs:RunTask'],
      resources: [definition.taskDefinitionArn],
      conditions: { ...inCluster, Bool: { 'ecs:enable-execute-command': 'false' } },
    }),
    new PolicyStatement({
      actions: ['ecs:StopTask', 'ecs:DescribeTasks'],
      resources: [stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` })],
      conditions: inCluster,
    }),
    // How Step Functions learns that a task has ended.
    new PolicyStatement({
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [
        stack.formatArn({
          service: 'events',
          resource: 'rule',
          resourceName: 'StepFunctionsGetEventsForECSTaskRule',
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      ],
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [definition.obtainExecutionRole().roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
  ];
}
