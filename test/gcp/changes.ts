import { TerraformResource, type TerraformStack } from 'cdktf';
import type { SecureAgent } from '../../lib/gcp';
import { agentStack, failure } from './stack';

/** A change to a sound stack by an escape hatch; two of one place can't be made at once. */
export interface Change {
  readonly place: string;
  readonly make: (stack: TerraformStack, agent: SecureAgent) => void;
}

/** What a change is, the code of its refusal, a part of the sentence, and how it is made. */
export type Row = readonly [what: string, code: string, sentence: string, change: Change];

/** Overrides one setting of the resource at a path below the agent. */
export function set(path: string, key: string, value: unknown): Change {
  const make = (_: TerraformStack, agent: SecureAgent): void => resourceAt(agent, path).addOverride(key, value);
  return { place: `${path} ${key}`, make };
}

/** Takes the resource at a path below the agent away. */
export function drop(path: string): Change {
  const make = (_: TerraformStack, agent: SecureAgent): void => {
    const { id, scope } = resourceAt(agent, path).node;
    scope?.node.tryRemoveChild(id);
  };
  return { place: path, make };
}

/** Adds a resource beside the agent. */
export function add(id: string, make: Change['make']): Change {
  return { place: id, make };
}

/** What synth says of each change, a line each. As few stacks as there must be: one takes every change whose place and code it has free. */
export function refusals(rows: readonly Row[]): ReadonlyMap<Change, readonly string[]> {
  const said = new Map<Change, readonly string[]>();
  for (const batch of batches(rows)) {
    const lines = after(batch);
    for (const change of batch) said.set(change, lines);
  }
  return said;
}

/** What synth says after some changes to a sound stack, a line each. */
export function after(changes: readonly Change[]): readonly string[] {
  const { stack, agent } = agentStack();
  for (const { make } of changes) make(stack, agent);
  return failure(() => stack.runAllValidations()).split('\n');
}

function batches(rows: readonly Row[]): Change[][] {
  const found: Row[][] = [];
  for (const row of rows) {
    // Of two with one code the one's line could stand for the other's.
    const free = found.find((batch) =>
      batch.every(([, code, , { place }]) => code !== row[1] && !clash(place, row[3].place)),
    );
    if (free) free.push(row);
    else found.push([row]);
  }
  return found.map((batch) => batch.map(([, , , change]) => change));
}

function clash(a: string, b: string): boolean {
  return a === b || [' ', '.', '/'].some((mark) => a.startsWith(`${b}${mark}`) || b.startsWith(`${a}${mark}`));
}

function resourceAt(agent: SecureAgent, path: string): TerraformResource {
  const found = path.split('/').reduce<SecureAgent['node']['scope']>((at, id) => at?.node.findChild(id), agent);
  if (!TerraformResource.isTerraformResource(found)) throw new Error(`no resource at ${path}`);
  return found;
}
