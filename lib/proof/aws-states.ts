import { property } from './evaluate';
import { concatenate } from './intrinsics';
import { jsonOf } from './json-text';
import type { Resource } from './templates';
import { isList, isObject, keyOf, Text, Unknown, unknownIn, type Value } from './value';

const UNREADABLE = Unknown.of('states()', 'the definition of a state machine can be read');

/** A state that calls an API. */
export interface CallState {
  readonly name: string;
  readonly parameters: Value;
  /** Fields that the input decides. */
  readonly fromInput: readonly string[];
  /** What it calls, where that is known. */
  readonly calls?: string;
  /** Set where nothing is known of the call. */
  readonly unread?: Unknown;
}

const RUN_TASK = /:ecs:runTask(?:\.|$)|:aws-sdk:ecs:runTask/;
/** Calls by which tasks start: which, and with what around them, only `runTask` says in words that are read here. */
export const STARTS_TASKS =
  /:ecs:(?:runTask|startTask|createService|updateService|createTaskSet|(?:create|update)ExpressGatewayService)(?:\.|$)/i;

/** The states of a machine that start tasks. A definition that can't be read gives one state about which nothing is known. */
export function readStates(machine: Resource): readonly CallState[] {
  const others = Unknown.of(`states(${machine.id})`, `${machine.id} starts no other tasks by its calls of ECS`);
  return readCalls(machine, STARTS_TASKS).map(({ unread, ...state }) => {
    const open = unread ?? (state.calls !== undefined && !RUN_TASK.test(state.calls) ? others : undefined);
    return open ? { ...state, parameters: { TaskDefinition: open } } : state;
  });
}

/** The states of a machine whose resource is that call, or may be. A definition that can't be read gives one that isn't known. */
export function readCalls({ id, properties }: Resource, call: RegExp): readonly CallState[] {
  const written = property(properties, 'Definition') ?? jsonOf(property(properties, 'DefinitionString'), UNREADABLE);
  const definition = substituted(written, property(properties, 'DefinitionSubstitutions'));
  // It may stand in a file elsewhere.
  if (definition === undefined || definition instanceof Unknown) {
    return [
      {
        name: 'unknown',
        parameters: {},
        fromInput: [],
        unread: Unknown.of(`states(${id})`, `the definition of ${id} runs no task`),
      },
    ];
  }
  return [...states(property(definition, 'States'))].flatMap(([name, state]) => {
    const calls = property(state, 'Resource');
    // A name that is put in at deployment may be that of the call.
    const open = unknownIn(calls) !== undefined || keyOf(calls)?.includes('${') === true;
    const called = keyOf(calls) ?? '';
    if (!open && !call.test(called)) return [];
    const parameters = property(state, 'Parameters') ?? property(state, 'Arguments') ?? {};
    return [{ name, parameters, fromInput: [...inputFields(parameters, '')], ...(open ? {} : { calls: called }) }];
  });
}

function* states(found: Value | undefined, depth = 0): Generator<[string, Value]> {
  if (!isObject(found) || depth > 20) return;
  for (const [name, state] of Object.entries(found)) {
    yield [name, state];
    const branches = property(state, 'Branches');
    const inner = [
      property(state, 'Iterator'),
      property(state, 'ItemProcessor'),
      ...(isList(branches) ? branches : []),
    ];
    for (const one of inner) yield* states(property(one, 'States'), depth + 1);
  }
}

/** A definition with what is put into it in place of `${name}`. */
function substituted(value: Value | undefined, names: Value | undefined): Value | undefined {
  if (!isObject(names) || value === undefined) return value;
  const replace = (inner: Value): Value => {
    if (isList(inner)) return inner.map(replace);
    if (isObject(inner)) return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, replace(one)]));
    if (inner instanceof Text) return concatenate(inner.parts.map(replace));
    if (typeof inner !== 'string') return inner;
    const parts = inner.split(/\$\{([^}]*)\}/);
    return concatenate(parts.map((part, at) => (at % 2 === 0 ? part : (property(names, part) ?? `\${${part}}`))));
  };
  return replace(value);
}

/** Fields whose value comes from the input: `Name.$` paths and `{% … %}` expressions. */
function* inputFields(value: Value, path: string): Generator<string> {
  if (typeof value === 'string' && value.startsWith('{%')) yield path;
  if (isList(value)) for (const [index, one] of value.entries()) yield* inputFields(one, `${path}[${index}]`);
  if (!isObject(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    const here = path === '' ? name : `${path}.${name}`;
    if (name.endsWith('.$')) yield here.slice(0, -2);
    else yield* inputFields(inner, here);
  }
}
