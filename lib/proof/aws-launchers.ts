import { readStates } from './aws-states';
import { property } from './evaluate';
import { jsonOf } from './json-text';
import type { Resource, Templates } from './templates';
import { isList, isObject, keyOf, Unknown, type Value } from './value';

/** Something in the templates that starts a task. */
export interface Launch {
  readonly id: string;
  /** The property that does. */
  readonly by: string;
  readonly kind: 'service' | 'state-machine' | 'event';
  readonly resource: Resource;
  /** Subnets, groups and public address. */
  readonly network: Value | undefined;
  readonly enableExec: Value | undefined;
  readonly overrides: Value | undefined;
  readonly cluster: Value | undefined;
  readonly launchType: Value | undefined;
  /** Launch fields that the caller's input decides. */
  readonly fromInput: readonly string[];
}

/** Everything in the templates that starts a task definition. */
export function launchersOf(definition: Resource, templates: Templates): readonly Launch[] {
  const isIts = (value: Value | undefined) => names(value, definition, templates);
  return [
    ...['AWS::ECS::Service', 'AWS::ECS::TaskSet'].flatMap((type) =>
      templates
        .ofType(type)
        .flatMap((resource) => (isIts(property(resource.properties, 'TaskDefinition')) ? [service(resource)] : [])),
    ),
    ...templates.ofType('AWS::StepFunctions::StateMachine').flatMap((resource) =>
      readStates(resource)
        .filter(({ parameters }) => isIts(property(parameters, 'TaskDefinition')))
        .map(({ name, parameters, fromInput }) => stateMachine(resource, name, parameters, fromInput)),
    ),
    ...templates.ofType('AWS::Events::Rule').flatMap((resource) => events(resource, isIts)),
    ...templates.ofType('AWS::Scheduler::Schedule').flatMap((resource) => {
      const target = property(resource.properties, 'Target');
      return isIts(property(target, 'EcsParameters', 'TaskDefinitionArn')) ? [event(resource, 'Target', target)] : [];
    }),
    ...templates.ofType('AWS::Pipes::Pipe').flatMap((resource) => {
      const ecs = property(resource.properties, 'TargetParameters', 'EcsTaskParameters');
      return isIts(property(ecs, 'TaskDefinitionArn')) ? [pipe(resource, ecs)] : [];
    }),
  ];
}

/** Whether a value names a task definition: by reference, or by its family. */
export function names(value: Value | undefined, definition: Resource, templates: Templates): boolean {
  if (templates.referred(value)?.id === definition.id) return true;
  const text = keyOf(value);
  if (text === undefined) return false;
  if (text.includes(`\uFDD0${definition.id}\uFDD1`)) return true;
  const family = keyOf(property(definition.properties, 'Family'));
  return (
    family !== undefined &&
    family !== '' &&
    (text === family || new RegExp(`(?:^|/)${escaped(family)}(?::\\d+)?$`).test(text))
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function service(resource: Resource): Launch {
  const { properties } = resource;
  return {
    id: resource.id,
    by: 'NetworkConfiguration',
    kind: 'service',
    resource,
    network: property(properties, 'NetworkConfiguration', 'AwsvpcConfiguration'),
    enableExec: property(properties, 'EnableExecuteCommand'),
    overrides: undefined,
    cluster: property(properties, 'Cluster'),
    launchType: property(properties, 'LaunchType'),
    fromInput: [],
  };
}

function stateMachine(resource: Resource, name: string, parameters: Value, fromInput: readonly string[]): Launch {
  return {
    id: resource.id,
    by: `state ${name}`,
    kind: 'state-machine',
    resource,
    network: property(parameters, 'NetworkConfiguration', 'AwsvpcConfiguration'),
    enableExec: property(parameters, 'EnableExecuteCommand'),
    overrides: property(parameters, 'Overrides'),
    cluster: property(parameters, 'Cluster'),
    launchType: property(parameters, 'LaunchType'),
    fromInput,
  };
}

function events(resource: Resource, isIts: (value: Value | undefined) => boolean): Launch[] {
  const targets = property(resource.properties, 'Targets');
  return (isList(targets) ? targets : []).flatMap((target, index) =>
    isObject(target) && isIts(property(target, 'EcsParameters', 'TaskDefinitionArn'))
      ? [event(resource, `Targets[${index}]`, target)]
      : [],
  );
}

function event(resource: Resource, by: string, target: Value | undefined): Launch {
  const ecs = property(target, 'EcsParameters');
  const input = overridesOf(resource, target);
  const network = property(ecs, 'NetworkConfiguration');
  return {
    id: resource.id,
    by,
    kind: 'event',
    resource,
    network: property(network, 'AwsVpcConfiguration') ?? property(network, 'AwsvpcConfiguration'),
    enableExec: property(ecs, 'EnableExecuteCommand'),
    overrides: input,
    cluster: property(target, 'Arn'),
    launchType: property(ecs, 'LaunchType'),
    fromInput: chosenByEvent(target),
  };
}

/** The overrides that an event's target is started with, in the names that every other starter uses. */
function overridesOf({ id }: Resource, target: Value | undefined): Value | undefined {
  const unreadable = Unknown.of(`input(${id})`, `the input that ${id} starts the task with gives it no role`);
  const input = jsonOf(property(target, 'Input'), unreadable);
  // The whole is unknown, the role in it above all.
  if (input instanceof Unknown) return { TaskRoleArn: input };
  const role = property(input, 'taskRoleArn');
  return role === undefined ? undefined : { TaskRoleArn: role };
}

/** An event that is passed on, whole or in part, holds what its sender writes. */
function chosenByEvent(target: Value | undefined): readonly string[] {
  if (property(target, 'InputPath') !== undefined) return ['Overrides'];
  const template = property(target, 'InputTransformer', 'InputTemplate');
  const isWrittenOut = template === undefined || /^\s*\{(?!.*taskRoleArn)/is.test(keyOf(template) ?? '');
  return isWrittenOut ? [] : ['Overrides.TaskRoleArn'];
}

function pipe(resource: Resource, ecs: Value | undefined): Launch {
  return {
    id: resource.id,
    by: 'TargetParameters.EcsTaskParameters',
    kind: 'event',
    resource,
    network: property(ecs, 'NetworkConfiguration', 'AwsvpcConfiguration'),
    enableExec: property(ecs, 'EnableExecuteCommand'),
    overrides: property(ecs, 'Overrides'),
    cluster: property(resource.properties, 'Target'),
    launchType: property(ecs, 'LaunchType'),
    fromInput: [],
  };
}
