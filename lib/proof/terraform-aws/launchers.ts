import { Unknown, type Value } from '../value';
import { network, strategy } from './containers';
import { known, one } from './network';
import { policyIn } from './policies';
import { type Source, type Translators } from './source';

/** What starts tasks beside services: state machines, events, schedules, pipes; and functions. */
export const LAUNCHERS: Translators = {
  aws_sfn_state_machine: (source) => [
    one(source, 'AWS::StepFunctions::StateMachine', {
      Definition: document(source, 'definition'),
      RoleArn: source.ref('role_arn'),
    }),
  ],
  aws_cloudwatch_event_rule: (source) => [one(source, 'AWS::Events::Rule', {})],
  aws_cloudwatch_event_target: (source) => [one(source, 'AWS::Events::Rule', { Targets: [target(source)] })],
  aws_scheduler_schedule: (source) => [
    one(source, 'AWS::Scheduler::Schedule', { Target: scheduled(source.block('target')) }),
  ],
  aws_pipes_pipe: (source) => [
    one(source, 'AWS::Pipes::Pipe', {
      Target: source.ref('target'),
      RoleArn: source.ref('role_arn'),
      TargetParameters: piped(source.block('target_parameters')),
    }),
  ],
  aws_lambda_function: (source) => [
    one(source, 'AWS::Lambda::Function', {
      Role: source.ref('role'),
      VpcConfig: functionNetwork(source.block('vpc_config')),
    }),
  ],
};

/** JSON in a text, with what its ids name. */
function document(source: Source, name: string): Value | undefined {
  const written = source.value(name);
  return written === undefined || written === '' ? undefined : policyIn(written, source.names, source.at([name]));
}

function target(source: Source): Value {
  return present({
    Arn: source.ref('arn'),
    RoleArn: source.ref('role_arn'),
    Input: document(source, 'input'),
    InputPath: source.plain('input_path'),
    InputTransformer: transformer(source),
    EcsParameters: parameters(source.block('ecs_target'), 'AwsVpcConfiguration'),
  });
}

function transformer(source: Source): Value | undefined {
  const block = source.block('input_transformer');
  if (block === undefined || block instanceof Unknown) return block;
  return present({ InputTemplate: block.ref('input_template') });
}

function parameters(block: Source | Unknown | undefined, as: string): Value | undefined {
  if (block === undefined || block instanceof Unknown) return block;
  return present({
    TaskDefinitionArn: known(block.ref('task_definition_arn', 'aws_ecs_task_definition'), block, 'task_definition_arn'),
    LaunchType: block.plain('launch_type'),
    CapacityProviderStrategy: strategy(block),
    EnableExecuteCommand: block.plain('enable_execute_command'),
    NetworkConfiguration: network(block, as),
  });
}

function scheduled(block: Source | Unknown | undefined): Value | undefined {
  if (block === undefined || block instanceof Unknown) return block;
  return present({
    Arn: block.ref('arn'),
    RoleArn: block.ref('role_arn'),
    Input: document(block, 'input'),
    EcsParameters: parameters(block.block('ecs_parameters'), 'AwsvpcConfiguration'),
  });
}

function piped(block: Source | Unknown | undefined): Value | undefined {
  if (block === undefined || block instanceof Unknown) return block;
  const ecs = block.block('ecs_task_parameters');
  if (ecs === undefined) return {};
  if (ecs instanceof Unknown) return { EcsTaskParameters: ecs };
  return {
    EcsTaskParameters: present({
      TaskDefinitionArn: known(ecs.ref('task_definition_arn', 'aws_ecs_task_definition'), ecs, 'task_definition_arn'),
      LaunchType: ecs.plain('launch_type'),
      EnableExecuteCommand: ecs.plain('enable_execute_command'),
      NetworkConfiguration: pipedNetwork(ecs.block('network_configuration')),
      Overrides: overrides(ecs),
    }),
  };
}

function pipedNetwork(block: Source | Unknown | undefined): Value | undefined {
  if (block === undefined || block instanceof Unknown) return block;
  const inner = block.block('aws_vpc_configuration');
  if (inner === undefined || inner instanceof Unknown) return inner;
  return {
    AwsvpcConfiguration: present({
      Subnets: inner.refs('subnets'),
      SecurityGroups: inner.refs('security_groups'),
      AssignPublicIp: inner.plain('assign_public_ip') ?? 'DISABLED',
    }),
  };
}

function overrides(source: Source): Value | undefined {
  const block = source.block('overrides');
  if (block === undefined || block instanceof Unknown) return block;
  return present({ TaskRoleArn: block.ref('task_role_arn') });
}

function functionNetwork(block: Source | Unknown | undefined): Value | undefined {
  if (block === undefined || block instanceof Unknown) return block;
  return present({ SubnetIds: block.refs('subnet_ids'), SecurityGroupIds: block.refs('security_group_ids') });
}

/** Without what isn’t written. */
export function present(properties: Readonly<Record<string, Value | undefined>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}
