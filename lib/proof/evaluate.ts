import { evaluateCondition } from './condition';
import { fold, resolved } from './intrinsics';
import { Once } from './once';
import { isJsonObject, type Json, type JsonObject, own, type Template } from './template';
import { isObject, Reference, Unknown, unknownIn, type Value } from './value';

/** What an expression may look up outside its own template. */
export interface Surroundings {
  /** Values the caller stated for parameters, by `prefix` + name. */
  readonly stated: ReadonlyMap<string, string>;
  /** The value of an export of another template that is read too. */
  exported(name: string): Value | undefined;
  /** An output of a nested stack that is read too. */
  outputOf(template: Template, nested: string, output: string): Value | undefined;
}

const DEEPEST = 120;

/** Stands for `AWS::NoValue` until the object or list around it leaves it out. */
const NO_VALUE = Symbol('AWS::NoValue');
type Evaluated = Value | typeof NO_VALUE;

/** Evaluates the intrinsic functions of a template's expressions as far as the templates allow; the rest stays unknown. */
export class Evaluator {
  private readonly attributes = new Once();
  private readonly conditions = new Map<string, ReturnType<typeof evaluateCondition>>();

  constructor(
    readonly template: Template,
    readonly surroundings: Surroundings,
  ) {}

  /** @returns undefined for `AWS::NoValue`. */
  evaluate(node: Json | undefined, depth = 0): Value | undefined {
    const value = this.any(node ?? null, depth);
    return value === NO_VALUE ? undefined : value;
  }

  /** Whether a named condition holds. */
  condition(name: string, depth = 0): ReturnType<typeof evaluateCondition> {
    const known = this.conditions.get(name);
    if (known !== undefined) return known;
    const node = this.template.conditions.get(name);
    // Set first: a condition that names itself ends here.
    this.conditions.set(
      name,
      Unknown.of(`condition(${this.template.prefix}${name})`, `the condition ${name} is known`),
    );
    const found =
      node === undefined || depth > DEEPEST
        ? Unknown.of(
            `condition(${this.template.prefix}${name})`,
            `the condition ${name}, which the template doesn't hold, is known`,
          )
        : evaluateCondition(node, this, depth + 1);
    this.conditions.set(name, found);
    return found;
  }

  private any(node: Json, depth: number): Evaluated {
    if (depth > DEEPEST) return Unknown.of('depth()', 'an expression is no deeper than the proof follows');
    if (typeof node === 'string') return resolved(node);
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) return this.list(node as readonly Json[], depth);
    if (!isJsonObject(node)) return null;
    const keys = Object.keys(node);
    const [only] = keys;
    if (keys.length === 1 && only !== undefined && (only === 'Ref' || only.startsWith('Fn::')))
      return this.intrinsic(only, own(node, only) ?? null, depth);
    const found: [string, Value][] = [];
    for (const key of keys) {
      const value = this.any(own(node, key) ?? null, depth + 1);
      if (value !== NO_VALUE) found.push([key, value]);
    }
    return Object.fromEntries(found);
  }

  private list(nodes: readonly Json[], depth: number): Value {
    return nodes.map((node) => this.any(node, depth + 1)).filter((value): value is Value => value !== NO_VALUE);
  }

  private intrinsic(name: string, argument: Json, depth: number): Evaluated {
    switch (name) {
      case 'Ref':
        return typeof argument === 'string' ? this.ref(argument) : unreadable(name);
      case 'Fn::GetAtt':
        return this.attribute(argument, depth);
      case 'Fn::If':
        return this.choose(argument, depth);
      case 'Fn::FindInMap':
        return this.mapped(argument, depth);
      case 'Fn::ImportValue': {
        const exported = this.evaluate(argument, depth + 1);
        const key = typeof exported === 'string' ? exported : undefined;
        const found = key === undefined ? undefined : this.surroundings.exported(key);
        const shown = key ?? 'of a name not known';
        return (
          found ??
          Unknown.of(`import(${shown})`, `the export ${shown}, of a template that isn't given, keeps this closed`)
        );
      }
      case 'Fn::Sub':
        return fold.sub(
          argument,
          (inner) => this.evaluate(inner, depth + 1) ?? '',
          (id) => this.subbed(id, depth),
        );
      default:
        return fold.rest(name, this.evaluate(argument, depth + 1) ?? null);
    }
  }

  private subbed(id: string, depth: number): Value {
    const value = id.includes('.') ? this.attribute(id, depth) : this.ref(id);
    return value === NO_VALUE ? '' : value;
  }

  private ref(id: string): Evaluated {
    const { template } = this;
    if (id === 'AWS::NoValue') return NO_VALUE;
    if (id.startsWith('AWS::')) return new Reference('pseudo', id, 'Ref');
    const key = template.prefix + id;
    const resource = template.resources.get(id);
    if (resource) return isOpaque(resource) ? opaque(key, 'Ref') : new Reference('resource', key, 'Ref');
    const parameter = template.parameters.get(id);
    if (!parameter) return Unknown.of(`ref(${key})`, `${key}, which the template doesn't hold, is known`);
    const given = template.given.get(id);
    if (given !== undefined) return given;
    const stated = this.surroundings.stated.get(key);
    if (stated === undefined) return new Reference('parameter', key, 'Ref');
    return /List/.test(String(parameter.Type)) ? stated.split(',').map((one) => one.trim()) : stated;
  }

  private attribute(argument: Json, depth: number): Value {
    const parts: readonly unknown[] = Array.isArray(argument)
      ? (argument as readonly unknown[])
      : typeof argument === 'string'
        ? split(argument)
        : [];
    const [id, name] = parts;
    if (typeof id !== 'string' || typeof name !== 'string') return unreadable('Fn::GetAtt');
    const resource = this.template.resources.get(id);
    const key = this.template.prefix + id;
    if (!resource) return Unknown.of(`ref(${key})`, `${key}, which the template doesn't hold, is known`);
    if (name.startsWith('Outputs.')) {
      const found = this.surroundings.outputOf(this.template, id, name.slice('Outputs.'.length));
      return found ?? Unknown.of(`nested(${key})`, `the template of the nested stack ${key} is given too`);
    }
    if (isOpaque(resource)) return opaque(key, name);
    const properties = own(resource, 'Properties');
    if (repeats(resource, name) && isJsonObject(properties) && own(properties, name) !== undefined)
      return this.attributes.value(`${id}.${name}`, () => this.evaluate(own(properties, name), depth + 1)) ?? null;
    return new Reference('resource', key, name);
  }

  private choose(argument: Json, depth: number): Evaluated {
    if (!Array.isArray(argument) || typeof argument[0] !== 'string') return unreadable('Fn::If');
    const [name, yes, no] = argument as readonly Json[];
    const truth = this.condition(String(name), depth + 1);
    if (truth instanceof Unknown) return truth;
    return this.any((truth ? yes : no) ?? null, depth + 1);
  }

  private mapped(argument: Json, depth: number): Value {
    if (!Array.isArray(argument)) return unreadable('Fn::FindInMap');
    const path = (argument as readonly Json[]).slice(0, 3).map((part) => this.evaluate(part, depth + 1));
    const [map, ...keys] = path;
    let node: Json | undefined = typeof map === 'string' ? this.template.mappings.get(map) : undefined;
    for (const key of keys) {
      if (typeof key !== 'string')
        return Unknown.of(`map(${String(map)})`, `the row of the mapping ${String(map)} is known before deployment`);
      node = node !== undefined && isJsonObject(node) ? own(node, key) : undefined;
    }
    if (node === undefined)
      return Unknown.of(`map(${String(map)})`, `the mapping ${String(map)} holds the row asked for`);
    return this.evaluate(node, depth + 1) ?? null;
  }
}

/** Whether what a resource returns is decided by code of somebody's choice, or by another stack. */
function isOpaque({ Type }: JsonObject): boolean {
  return (
    !String(Type).startsWith('AWS::') || /^AWS::CloudFormation::(?:CustomResource|WaitCondition)$/.test(String(Type))
  );
}

function opaque(key: string, name: string): Unknown {
  return Unknown.of(`value(${key}.${name})`, `what ${key} returns as ${name} at deployment keeps this closed`);
}

/** Attributes of networks and what is in them that only repeat what the template states. */
function repeats({ Type }: JsonObject, name: string): boolean {
  return (
    String(Type).startsWith('AWS::EC2::') && (name === 'CidrBlock' || (name === 'VpcId' && Type !== 'AWS::EC2::VPC'))
  );
}

function unreadable(name: string): Unknown {
  return Unknown.of(`malformed(${name})`, `${name} is written as CloudFormation expects it`);
}

function split(dotted: string): [string, string] | [] {
  const dot = dotted.indexOf('.');
  return dot > 0 ? [dotted.slice(0, dot), dotted.slice(dot + 1)] : [];
}

/** A property of an object, undefined where there is none or the object isn't one. */
export function property(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let found = value;
  for (const key of path) {
    const open = unknownIn(found);
    if (open) return open;
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}
