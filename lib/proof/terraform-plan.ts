import { isJsonObject, type Json, type JsonObject, own } from './template';
import { present, type TerraformDocument, type TerraformResource } from './terraform-document';
import { POLICY_DATA } from './terraform-data';
import { PlanScope, type Planned } from './terraform-references';
import { Unknown, type Value, type ValueObject } from './value';

/** Reads `terraform show -json` of a plan or a state: values first, what is known only after apply by the configuration's references. */
export function readPlan(document: JsonObject, prefix: string, stated: ReadonlyMap<string, string>): TerraformDocument {
  const values = own(document, 'planned_values') ?? own(document, 'values') ?? null;
  const planned = new Map(
    listed(isJsonObject(values) ? own(values, 'root_module') : undefined).map((one) => [one.address, one]),
  );
  const changes = own(document, 'planned_values') === undefined ? undefined : changesOf(document);
  const known = { planned, changes: changes ?? new Map<string, JsonObject>(), stated };
  const scope = new PlanScope(configurationOf(document), known, prefix);
  const resources = [...planned.values()].map((one) => resourceOf(one, scope, changes, prefix));
  const policies = readDuringApply(changes ?? new Map<string, JsonObject>());
  return {
    prefix,
    resources,
    policies: policies.map((one) => resourceOf(one, scope, changes, prefix)),
    unread: [...unfinished(document, prefix), ...forgotten(document, prefix), ...leftOut(document, planned, prefix)],
  };
}

function resourceOf(
  { address, type, values }: Planned,
  scope: PlanScope,
  changes: ReadonlyMap<string, JsonObject> | undefined,
  prefix: string,
): TerraformResource {
  const id = prefix + address;
  const change = changes?.get(address);
  const unplanned = changes !== undefined && change === undefined;
  const after = change === undefined ? undefined : own(change, 'after_unknown');
  const properties = merged(values, after ?? false, scope.expressionsOf(address), { scope, address, at: id });
  const whole: ValueObject =
    properties instanceof Unknown || typeof properties !== 'object' ? {} : (properties as ValueObject); // an object stays one
  const made = change === undefined ? undefined : madeOtherwise(id, change);
  const unread =
    unplanned || properties instanceof Unknown
      ? Unknown.of(`plan(${id})`, `what the plan doesn’t say of ${id} opens nothing`)
      : undefined;
  return {
    address,
    type,
    properties: made ? { ...whole, [AT_CREATION]: made } : whole,
    raw: values,
    exists: unread ?? true,
    unread,
  };
}

/** Heard when a network is made, and never again. */
const AT_CREATION = 'delete_default_routes_on_create';

/** A network that is there already, and was made without what is now written, or by somebody else. */
function madeOtherwise(id: string, change: JsonObject): Unknown | undefined {
  const [before, after] = ['before', 'after'].map((key) => own(change, key));
  const [was, is] = [before, after].map((one) => (isJsonObject(one) ? own(one, AT_CREATION) : undefined));
  if (!is || (own(change, 'importing') === undefined && (!isJsonObject(before) || was === is || remade(change))))
    return undefined;
  return Unknown.of(`made(${id})`, `the default routes that ${id} was made with are removed`);
}

function remade(change: JsonObject): boolean {
  const actions = own(change, 'actions');
  return Array.isArray(actions) && (actions as readonly Json[]).includes('create');
}

interface Place {
  readonly scope: PlanScope;
  readonly address: string;
  readonly at: string;
}

/** A planned value, with what is unknown in it put in by its expression. */
function merged(value: Json | undefined, unknown: Json, expression: Json | undefined, place: Place): Value {
  if (unknown === true) return place.scope.evaluate(expression, place.address, place.at);
  if (Array.isArray(value) || Array.isArray(unknown)) return mergedList(value, unknown, expression, place);
  if (isJsonObject(value ?? null) || isJsonObject(unknown)) return mergedObject(value, unknown, expression, place);
  return value ?? null;
}

function mergedList(value: Json | undefined, unknown: Json, expression: Json | undefined, place: Place): Value {
  const values: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [];
  const unknowns: readonly Json[] = Array.isArray(unknown) ? (unknown as readonly Json[]) : [];
  const length = Math.max(values.length, unknowns.length);
  return Array.from({ length }, (_, index) =>
    merged(values[index], unknowns[index] ?? false, partOf(expression, index, values[index], length), {
      ...place,
      at: `${place.at}[${index}]`,
    }),
  );
}

function mergedObject(value: Json | undefined, unknown: Json, expression: Json | undefined, place: Place): Value {
  const values: JsonObject = isJsonObject(value) ? value : {};
  const unknowns: JsonObject = isJsonObject(unknown) ? unknown : {};
  const keys = new Set([...Object.keys(values), ...Object.keys(unknowns)]);
  const entries = [...keys].map((key) => {
    const inner = isJsonObject(expression) ? own(expression, key) : undefined;
    const below = inner ?? constantPart(expression, key) ?? (isLeaf(expression) ? LOST : undefined);
    return [
      key,
      merged(own(values, key), own(unknowns, key) ?? false, below, { ...place, at: `${place.at}.${key}` }),
    ] as const;
  });
  return present(entries);
}

/** Stands for an expression that is there and can't be told from others. */
const LOST: JsonObject = {};

/** The expression of a list's part. Blocks that are a set may stand in another order: only what agrees is taken. */
function partOf(
  expression: Json | undefined,
  index: number,
  value: Json | undefined,
  length: number,
): Json | undefined {
  if (Array.isArray(expression)) {
    const parts = expression as readonly Json[];
    const part = parts[index];
    return parts.length === length && part !== undefined && agrees(part, value) ? part : LOST;
  }
  const constant = constantPart(expression, index);
  if (constant !== undefined) return constant;
  return isJsonObject(expression) && own(expression, 'constant_value') !== undefined ? LOST : expression;
}

function constantPart(expression: Json | undefined, key: number | string): Json | undefined {
  const constant = isJsonObject(expression) ? own(expression, 'constant_value') : undefined;
  if (Array.isArray(constant) && typeof key === 'number') {
    const part = (constant as readonly Json[])[key];
    return part === undefined ? undefined : { constant_value: part };
  }
  if (!isJsonObject(constant) || typeof key !== 'string') return undefined;
  const part = own(constant, key);
  return part === undefined ? undefined : { constant_value: part };
}

/** An expression for the whole of what it stands at. */
function isLeaf(expression: Json | undefined): boolean {
  return (
    expression === LOST ||
    (isJsonObject(expression) && ['constant_value', 'references'].some((key) => own(expression, key) !== undefined))
  );
}

function agrees(expression: Json, value: Json | undefined): boolean {
  if (!isJsonObject(expression) || !isJsonObject(value)) return true;
  return Object.entries(expression).every(([key, inner]) => {
    const constant = isJsonObject(inner) ? own(inner, 'constant_value') : undefined;
    const its = own(value, key);
    if (constant === undefined || its === undefined || its === null || JSON.stringify(constant).includes('${'))
      return true;
    return JSON.stringify(constant) === JSON.stringify(its) || String(constant) === String(its);
  });
}

/** Managed resources of a module and of those it calls. */
function listed(module: Json | undefined): Planned[] {
  if (!isJsonObject(module ?? null)) return [];
  const [resources, children] = ['resources', 'child_modules'].map((key) => own(module as JsonObject, key)); // just tested
  const own_ = (Array.isArray(resources) ? (resources as readonly Json[]) : []).flatMap((one): Planned[] => {
    if (!isJsonObject(one) || one.mode === 'data') return [];
    const { address, type } = one;
    const values = own(one, 'values');
    if (typeof address !== 'string' || typeof type !== 'string') return [];
    return [{ address, type, values: isJsonObject(values) ? values : {} }];
  });
  return [...own_, ...(Array.isArray(children) ? (children as readonly Json[]) : []).flatMap((child) => listed(child))];
}

/** Policies of data sources that wait for a value: what else data sources say, a plan has already put in. */
function readDuringApply(changes: ReadonlyMap<string, JsonObject>): Planned[] {
  return [...changes].flatMap(([address, change]): Planned[] => {
    if (!/(?:^|\.)data\.aws_iam_policy_document\./.test(address)) return [];
    const after = own(change, 'after');
    return [{ address, type: POLICY_DATA, values: isJsonObject(after) ? after : {} }];
  });
}

function changesOf(document: JsonObject): ReadonlyMap<string, JsonObject> {
  const changes = own(document, 'resource_changes');
  const found = new Map<string, JsonObject>();
  for (const change of Array.isArray(changes) ? (changes as readonly Json[]) : []) {
    if (!isJsonObject(change) || typeof change.address !== 'string' || !isJsonObject(change.change)) continue;
    // A deposed object is one that goes.
    if (own(change, 'deposed') === undefined) found.set(change.address, change.change);
  }
  return found;
}

function configurationOf(document: JsonObject): JsonObject {
  const configuration = own(document, 'configuration');
  const root = isJsonObject(configuration) ? own(configuration, 'root_module') : undefined;
  return isJsonObject(root) ? root : {};
}

function unfinished(document: JsonObject, prefix: string): TerraformDocument['unread'] {
  const id = `${prefix}plan`;
  const why = document.errored === true ? 'errored' : document.complete === false ? 'complete: false' : undefined;
  if (why === undefined) return [];
  return [{ id, by: why, truth: Unknown.of(`complete(${id})`, `what the plan leaves out (${why}) opens nothing`) }];
}

/** What Terraform forgets, the cloud keeps. */
function forgotten(document: JsonObject, prefix: string): TerraformDocument['unread'] {
  return [...changesOf(document)].flatMap(([address, change]) => {
    const actions = own(change, 'actions');
    if (!Array.isArray(actions) || !(actions as readonly Json[]).includes('forget')) return [];
    const id = prefix + address;
    return [{ id, by: 'forget', truth: Unknown.of(`let-go(${id})`, `${id}, which the cloud keeps, opens nothing`) }];
  });
}

/** Resources that the configuration writes once, and the plan doesn't show: it was made for some of them. */
function leftOut(
  document: JsonObject,
  planned: ReadonlyMap<string, Planned>,
  prefix: string,
): TerraformDocument['unread'] {
  const written = own(configurationOf(document), 'resources');
  return (Array.isArray(written) ? (written as readonly Json[]) : []).flatMap((one) => {
    if (!isJsonObject(one) || one.mode === 'data' || typeof one.address !== 'string' || planned.has(one.address))
      return [];
    if (own(one, 'count_expression') !== undefined || own(one, 'for_each_expression') !== undefined) return [];
    const id = prefix + one.address;
    return [
      {
        id,
        by: 'not in the plan',
        truth: Unknown.of(`left-out(${id})`, `${id}, which the plan leaves out, opens nothing`),
      },
    ];
  });
}
