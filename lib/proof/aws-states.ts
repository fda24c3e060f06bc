import { property } from './evaluate';
import { jsonOf } from './json-text';
import type { Resource } from './templates';
import { isList, isObject, keyOf, Unknown, unknownIn, type Value } from './value';

const UNREADABLE = Unknown.of('states()', 'the definition of a state machine can be read');

/** A state that calls an API. */
export interface CallState {
  readonly name: string;
  readonly parameters: Value;
  /** Fields that the input decides. */
  readonly fromInput: readonly string[];
  /** Set where nothing is known of the call. */
  readonly unread?: Unknown;
}

const RUN_TASK = /:ecs:runTask(?:\.|$)|:aws-sdk:ecs:runTask/;

/** The states of a machine that run a task. A definition that can't be read gives one state about which nothing is known. */
export function readStates(machine: Resource): readonly CallState[] {
  return readCalls(machine, RUN_TASK).map(({ unread, ...state }) =>
    unread ? { ...state, parameters: { TaskDefinition: unread } } : state,
  );
}

/** The states of a machine whose resource is that call, or may be. A definition that can't be read gives one that isn't known. */
export function readCalls({ id, properties }: Resource, call: RegExp): readonly CallState[] {
  const definition = property(properties, 'Definition') ?? jsonOf(property(properties, 'DefinitionString'), UNREADABLE);
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
    if (!open && !call.test(keyOf(calls) ?? '')) return [];
    const parameters = property(state, 'Parameters') ?? property(state, 'Arguments') ?? {};
    return [{ name, parameters, fromInput: [...inputFields(parameters, '')] }];
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
