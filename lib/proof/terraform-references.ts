import { Once } from './once';
import { isJsonObject, type Json, type JsonObject, own } from './template';
import { dataValue } from './terraform-data';
import { readText, segmentsOf } from './terraform-text';
import { Reference, Unknown, type Value } from './value';

/** A resource of a plan or state. */
export interface Planned {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
}

const DEEPEST = 40;

/** Attribute of a reference to a resource's copies: which of them, the place where it stands says. */
export const COPIES = '*';
/** The same where the expression uses the index of the resource that it stands in. */
export const COPY_BY_INDEX = '#';
const INDEX = /^(?:count\.index|each\.(?:key|value)(?:[.[].*)?)$/;
const COPIED = /^aws_\w+\.[\w-]+$/;

/** What the expressions of a plan's configuration name: its resources, its modules' variables and outputs. */
export class PlanScope {
  private readonly once = new Once();
  private readonly expressions = new Map<string, ReadonlyMap<string, Json | undefined>>();
  private depth = 0;

  constructor(
    private readonly root: JsonObject,
    private readonly known: {
      readonly planned: ReadonlyMap<string, Planned>;
      readonly changes: ReadonlyMap<string, JsonObject>;
      /** Values that the caller states for data sources. */
      readonly stated: ReadonlyMap<string, string>;
    },
    private readonly prefix: string,
  ) {}

  /** The expressions of a resource's settings, by its address. */
  expressionsOf(address: string): Json | undefined {
    const { modules, resource } = split(address);
    const path = modules.map(unindexed);
    return this.written(path).get(unindexed(resource));
  }

  /** The expressions of a module's resources, by their address in it. */
  private written(path: readonly string[]): ReadonlyMap<string, Json | undefined> {
    const key = path.join('.');
    const known = this.expressions.get(key);
    if (known) return known;
    const config = this.moduleOf(path);
    const resources = config ? own(config, 'resources') : undefined;
    const found = new Map<string, Json | undefined>();
    for (const one of Array.isArray(resources) ? (resources as readonly Json[]) : [])
      if (isJsonObject(one) && typeof one.address === 'string') found.set(one.address, own(one, 'expressions'));
    this.expressions.set(key, found);
    return found;
  }

  /** What an expression stands for where it is used; unknown when more than one thing goes into it. */
  evaluate(expression: Json | undefined, address: string, at: string): Value {
    // Nobody wrote it: the provider fills it in.
    if (expression === undefined)
      return Unknown.of(`computed(${at})`, `what the provider chooses for ${at} keeps this closed`);
    const unknown = Unknown.of(
      `after-apply(${at})`,
      `the value of ${at}, which is known only after apply, keeps this closed`,
    );
    if (!isJsonObject(expression ?? null) || this.depth > DEEPEST) return unknown;
    const { modules } = split(address);
    this.depth++;
    try {
      return this.read(expression as JsonObject, modules) ?? unknown; // just tested
    } finally {
      this.depth--;
    }
  }

  private read(expression: JsonObject, modules: readonly string[]): Value | undefined {
    const constant = own(expression, 'constant_value');
    if (constant !== undefined) return this.constant(constant, modules);
    const references = own(expression, 'references');
    const names = (Array.isArray(references) ? (references as readonly Json[]) : []).filter(
      (one) => typeof one === 'string',
    );
    // Each name is followed by the shorter ones it contains.
    const whole = names.filter(
      (name) =>
        !names.some((other) => other !== name && /^[.[]/.test(other.slice(name.length)) && other.startsWith(name)),
    );
    const [only, second] = new Set(whole);
    if (only === undefined) return undefined;
    return second === undefined ? this.resolve(segmentsOf(only), modules) : this.chosen(whole, modules);
  }

  /** A copy of one resource, chosen by the index of another and by switches: what is no id can't take its place. */
  private chosen(names: readonly string[], modules: readonly string[]): Value | undefined {
    const others = names.filter((name) => !INDEX.test(name) && !this.isSwitch(name, modules));
    const [only, second] = new Set(others);
    if (only === undefined || second !== undefined || !COPIED.test(only)) return undefined;
    const copies = this.resolve(segmentsOf(only), modules);
    if (!(copies instanceof Reference) || copies.attribute !== COPIES) return copies;
    return names.some((name) => INDEX.test(name)) ? new Reference('resource', copies.id, COPY_BY_INDEX) : copies;
  }

  /** Whether a variable is a number, or yes or no. */
  private isSwitch(name: string, modules: readonly string[]): boolean {
    const [first, variable = '', deeper] = segmentsOf(name);
    if (first !== 'var' || deeper !== undefined) return false;
    const config = this.moduleOf(modules.map(unindexed));
    const declared = config ? own(config, 'variables') : undefined;
    const its = isJsonObject(declared) ? own(declared, variable) : undefined;
    const given = this.variable(variable, modules) ?? (isJsonObject(its) ? own(its, 'default') : undefined);
    return typeof given === 'boolean' || typeof given === 'number';
  }

  private constant(node: Json, modules: readonly string[]): Value {
    if (typeof node === 'string')
      return readText(node, (segments) => this.resolve(segments, modules) ?? missing(segments));
    if (Array.isArray(node)) return (node as readonly Json[]).map((one) => this.constant(one, modules));
    if (!isJsonObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, this.constant(one, modules)]));
  }

  private resolve(segments: readonly string[], modules: readonly string[]): Value | undefined {
    const [first = '', second = ''] = segments;
    if (first === 'var') return segments.length === 2 ? this.variable(second, modules) : undefined;
    if (first === 'module') return this.output(segments, modules);
    if (first === 'data')
      return dataValue(segments, this.prefix + modules.map((one) => `${one}.`).join(''), this.known.stated);
    return this.attribute(segments, modules);
  }

  private variable(name: string, modules: readonly string[]): Value | undefined {
    const call = modules[modules.length - 1];
    if (call === undefined) return undefined;
    const outer = modules.slice(0, -1);
    const expression = this.callOf(modules.map(unindexed), (found) => own(found, 'expressions'));
    const its = isJsonObject(expression) ? own(expression, name) : undefined;
    if (!isJsonObject(its)) return undefined;
    return this.once.value(`var ${modules.join('.')} ${name}`, () => this.read(its, outer));
  }

  private output(segments: readonly string[], modules: readonly string[]): Value | undefined {
    const [, name = '', ...rest] = segments;
    const [index, ...more] = rest[0]?.startsWith('[') ? rest : ['', ...rest];
    const [wanted, deeper] = more;
    if (wanted === undefined || deeper !== undefined) return undefined;
    const inner = [...modules, `module.${name}${index ?? ''}`];
    const config = this.moduleOf(inner.map(unindexed));
    const outputs = config ? own(config, 'outputs') : undefined;
    const output = isJsonObject(outputs) ? own(outputs, wanted) : undefined;
    const expression = isJsonObject(output) ? own(output, 'expression') : undefined;
    if (!isJsonObject(expression)) return undefined;
    return this.once.value(`output ${inner.join('.')} ${wanted}`, () => this.read(expression, inner));
  }

  private attribute(segments: readonly string[], modules: readonly string[]): Value | undefined {
    const [type = '', name = '', ...rest] = segments;
    const index = rest[0]?.startsWith('[') ? rest[0] : '';
    const path = index === '' ? rest : rest.slice(1);
    const [attribute, deeper] = path;
    const base = [...modules, `${type}.${name}`].join('.');
    const found = this.known.planned.get(base + index) ?? this.onlyCopy(base, index);
    if (attribute === undefined && type.startsWith('aws_')) return this.copies(base + index);
    if (!found || attribute === undefined || deeper !== undefined || attribute.startsWith('[')) return undefined;
    const known = own(found.values, attribute);
    const change = this.known.changes.get(found.address);
    const after = change ? own(change, 'after_unknown') : undefined;
    const open = isJsonObject(after) && own(after, attribute) !== undefined;
    if (typeof known === 'string' && !open) return known;
    return new Reference('resource', this.prefix + found.address, attribute);
  }

  /** A resource without an attribute: some or all of its copies, by an expression that the plan doesn’t show. */
  private copies(address: string): Value | undefined {
    if (this.known.planned.has(address)) return new Reference('resource', this.prefix + address, 'id');
    const some = [...this.known.planned.keys()].some((other) => other.startsWith(`${address}[`));
    return some ? new Reference('resource', this.prefix + address, COPIES) : undefined;
  }

  private onlyCopy(base: string, index: string): Planned | undefined {
    if (index !== '') return undefined;
    const copies = [...this.known.planned.values()].filter(({ address }) => address.startsWith(`${base}[`));
    return copies.length === 1 ? copies[0] : undefined;
  }

  private moduleOf(path: readonly string[]): JsonObject | undefined {
    const found = path.length === 0 ? this.root : this.callOf(path, (call) => own(call, 'module'));
    return isJsonObject(found) ? found : undefined;
  }

  private callOf(path: readonly string[], pick: (call: JsonObject) => Json | undefined): Json | undefined {
    const parent = this.moduleOf(path.slice(0, -1));
    const calls = parent ? own(parent, 'module_calls') : undefined;
    const name = path[path.length - 1]?.slice('module.'.length) ?? '';
    const call = isJsonObject(calls) ? own(calls, name) : undefined;
    return isJsonObject(call) ? pick(call) : undefined;
  }
}

/** `module.a[0].module.b.type.name[0]`: the modules, and the resource in the last. */
function split(address: string): { modules: readonly string[]; resource: string } {
  const modules: string[] = [];
  let rest = address;
  for (;;) {
    const found = /^module\.[\w-]+(?:\[(?:\d+|"[^"]*")\])?\./.exec(rest)?.[0];
    if (found === undefined) return { modules, resource: rest };
    modules.push(found.slice(0, -1));
    rest = rest.slice(found.length);
  }
}

function unindexed(name: string): string {
  return name.replace(/\[(?:\d+|"[^"]*")\]$/, '');
}

function missing(segments: readonly string[]): Unknown {
  const name = segments.join('.').replaceAll('.[', '[');
  return Unknown.of(`value(${name})`, `the value of ${name}, which the plan doesn’t hold, keeps this closed`);
}
