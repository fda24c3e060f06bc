import { readStates, STARTS_TASKS } from './aws-states';
import { property } from './evaluate';
import { jsonOf } from './json-text';
import { mayEqual } from './may-equal';
import { several } from './policy-document';
import type { Resource, Templates } from './templates';
import { isList, isObject, keyOf, type Truth, Unknown, unknownIn, type Value } from './value';

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
  /** How it names what it starts, where that is a task. */
  readonly definition?: Value;
  /** Launch fields that the caller's input decides. */
  readonly fromInput: readonly string[];
}

type Launched = Launch & { readonly definition: Value | undefined };

/** Everything in the templates that starts a task, with the definition it names. */
export function allLaunches(templates: Templates): readonly Launched[] {
  const of = (type: string) => templates.ofType(type);
  return [
    ...['AWS::ECS::Service', 'AWS::ECS::TaskSet'].flatMap((type) =>
      of(type).map((resource) => ({
        ...service(resource, templates),
        definition: property(resource.properties, 'TaskDefinition'),
      })),
    ),
    ...of('AWS::StepFunctions::StateMachine').flatMap((resource) =>
      readStates(resource).map(({ name, parameters, fromInput }) => ({
        ...stateMachine(resource, name, parameters, fromInput),
        definition: property(parameters, 'TaskDefinition') ?? chosen(resource, 'in a state'),
      })),
    ),
    ...of('AWS::Events::Rule').flatMap(events),
    ...of('AWS::Scheduler::Schedule').flatMap((resource) => {
      const target = property(resource.properties, 'Target');
      const ecs = property(target, 'EcsParameters');
      if (ecs === undefined) return scheduledCall(resource, target);
      return [{ ...event(resource, 'Target', target), definition: property(ecs, 'TaskDefinitionArn') }];
    }),
    ...of('AWS::Pipes::Pipe').flatMap((resource) => {
      const ecs = property(resource.properties, 'TargetParameters', 'EcsTaskParameters');
      return ecs === undefined ? [] : [{ ...pipe(resource, ecs), definition: property(ecs, 'TaskDefinitionArn') }];
    }),
  ];
}

function chosen({ id }: Resource, where: string): Unknown {
  return Unknown.of(`states(${id})`, `${id} never runs this task ${where}`);
}

/** Whether a value names a task definition: by reference, or by its family. */
export function names(value: Value | undefined, definition: Resource, templates: Templates): Truth {
  const referred = templates.referred(value);
  if (referred?.type === definition.type) return referred.id === definition.id;
  const text = keyOf(value);
  if (text?.includes(`\uFDD0${definition.id}\uFDD1`)) return true;
  const family = keyOf(property(definition.properties, 'Family'));
  // What is put in at deployment, by an expression, or by what the starter is given.
  if (text !== undefined && /\$\{|\{%|^\$/.test(text))
    return Unknown.of(`task(${text})`, `${text} is another task than ${definition.id}`);
  if (family !== undefined && family !== '' && text !== undefined) {
    if (new RegExp(`(?:^|/)${escaped(family)}$`).test(text)) return true;
    if (new RegExp(`(?:^|/)${escaped(family)}:\\d+$`).test(text))
      return Unknown.of(`revision(${text})`, `${text} is no looser than the revision that the template makes`);
  }
  const open = mayEqual(
    typeof value === 'string' ? value.replace(/^.*\/|:\d+$/g, '') : value,
    property(definition.properties, 'Family'),
  );
  // A name that nobody gives is made at deployment, and may be written elsewhere afterwards.
  return open instanceof Unknown || family !== undefined || value === undefined
    ? open
    : templates.names(value, definition);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function service(resource: Resource, templates: Templates): Launch {
  const { properties } = resource;
  const network = property(properties, 'NetworkConfiguration');
  return {
    id: resource.id,
    by: 'NetworkConfiguration',
    kind: 'service',
    resource,
    // A task set spells it its own way.
    network: property(network, 'AwsvpcConfiguration') ?? property(network, 'AwsVpcConfiguration'),
    enableExec: execOf(resource, templates),
    overrides: undefined,
    cluster: property(properties, 'Cluster'),
    launchType: property(properties, 'LaunchType'),
    fromInput: [],
  };
}

/** A task set’s sessions are its service’s to allow. */
function execOf({ id, type, properties }: Resource, templates: Templates): Value | undefined {
  if (type !== 'AWS::ECS::TaskSet') return property(properties, 'EnableExecuteCommand');
  const owner = templates.referred(property(properties, 'Service'));
  if (owner?.type === 'AWS::ECS::Service') return property(owner.properties, 'EnableExecuteCommand');
  return Unknown.of(`exec(${id})`, `the service of the task set ${id} enables no ECS Exec`);
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

function events(resource: Resource): Launched[] {
  return several(property(resource.properties, 'Targets')).flatMap((target, index) => {
    const ecs = property(target, 'EcsParameters');
    if (ecs === undefined) return [];
    return [{ ...event(resource, `Targets[${index}]`, target), definition: property(ecs, 'TaskDefinitionArn') }];
  });
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

/** A schedule that calls an API by name: it runs a task, or makes ECS start some in another way. */
function scheduledCall(resource: Resource, target: Value | undefined): Launched[] {
  const arn = property(target, 'Arn');
  if (!STARTS_TASKS.test(keyOf(arn) ?? '') && unknownIn(arn) === undefined) return [];
  const input = jsonOf(property(target, 'Input'), chosen(resource, 'by its input'));
  const isRun = /:ecs:runTask$/i.test(keyOf(arn) ?? '');
  const definition = unknownIn(arn) ?? (isRun ? property(input, 'TaskDefinition') : undefined);
  return [
    {
      ...stateMachine(resource, '', input ?? {}, []),
      by: 'Target.Input',
      kind: 'event',
      definition: definition ?? chosen(resource, 'by its input'),
    },
  ];
}

/** The overrides that an event's target is started with, in the names that every other starter uses. */
function overridesOf({ id }: Resource, target: Value | undefined): Value | undefined {
  const unreadable = Unknown.of(`input(${id})`, `the input that ${id} starts the task with gives it no role`);
  const input = jsonOf(property(target, 'Input'), unreadable);
  // The whole is unknown, the role in it above all.
  if (input instanceof Unknown) return { TaskRoleArn: input };
  return input && capitalized(input);
}

function capitalized(value: Value): Value {
  if (isList(value)) return value.map(capitalized);
  if (!isObject(value)) return value;
  const renamed = Object.entries(value).map(
    ([name, inner]) => [name.slice(0, 1).toUpperCase() + name.slice(1), inner] as const,
  );
  return Object.fromEntries(renamed.map(([name, inner]) => [name, capitalized(inner)]));
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
