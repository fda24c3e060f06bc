import { Evaluator, type Surroundings } from './evaluate';
import { Once } from './once';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  own,
  readTemplate,
  type Template,
  type TemplateInput,
} from './template';
import { nestedParents, type Nesting } from './nested';
import type { ProofProblem } from './report';
import {
  and,
  isObject,
  keyOf,
  or,
  Reference,
  shown,
  type Truth,
  Unknown,
  unknownIn,
  type Value,
  type ValueObject,
} from './value';

/** A resource of a template, its properties evaluated as far as they can be. */
export interface Resource {
  /** Logical id with the template before it, as in reports. */
  readonly id: string;
  readonly type: string;
  readonly properties: ValueObject;
  /** As written: for texts that must be seen before they are evaluated. */
  readonly raw: JsonObject;
  /** Whether its condition holds. One whose condition doesn't is not here at all. */
  readonly exists: Truth;
  /** Set when the properties as a whole aren't known. */
  readonly unread: Unknown | undefined;
  /** Its type in Terraform's words, where a document of Terraform's holds it. */
  readonly terraform?: string;
}

/** Resources that stand in no template, in a template's words. */
export interface Translated {
  readonly resources: readonly Resource[];
  /** Parts of their documents that can't be read. */
  readonly unread: readonly { readonly id: string; readonly by: string; readonly truth: Unknown }[];
}

const NONE: Translated = { resources: [], unread: [] };

/** All resources of all templates, and what refers to what. */
export class Templates {
  readonly resources: readonly Resource[];
  readonly problems: readonly ProofProblem[];
  readonly transforms: readonly string[];
  /** Nested stacks whose template isn't among those read. */
  readonly unreadStacks: readonly string[];
  /** Parts of other documents that can't be read. */
  readonly unread: Translated['unread'];
  private readonly byId: ReadonlyMap<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();

  private constructor(
    read: readonly (Template | ProofProblem)[],
    stated: ReadonlyMap<string, string>,
    translated: Translated,
  ) {
    const templates = read.filter((one): one is Template => !('code' in one));
    this.problems = read.filter((one): one is ProofProblem => 'code' in one);
    this.transforms = [...new Set(templates.flatMap((template) => template.transforms))];
    const links = nestedParents(templates);
    this.resources = [...resourcesOf(templates, links, stated), ...translated.resources];
    this.unread = translated.unread;
    // A template that is made more than once is another each time.
    const alone = links.filter((one) => links.every((other) => other === one || other.child !== one.child));
    const linked = new Set(alone.map(({ parent, logicalId }) => parent.prefix + logicalId));
    this.unreadStacks = this.resources
      .filter(({ id, type }) => type === 'AWS::CloudFormation::Stack' && !linked.has(id))
      .map(({ id }) => id);
    this.byId = new Map(this.resources.map((resource) => [resource.id, resource]));
    for (const resource of this.resources) {
      const same = this.byType.get(resource.type);
      if (same) same.push(resource);
      else this.byType.set(resource.type, [resource]);
    }
  }

  /** @param stated values of parameters, by their id. @param prefixed whether ids have the template's name before them. */
  static read(
    inputs: readonly TemplateInput[],
    stated: ReadonlyMap<string, string>,
    prefixed = inputs.length > 1,
    translated: Translated = NONE,
  ): Templates {
    const names = new Set(inputs.map(({ name }) => name));
    const read = inputs.map((input) => readTemplate(input, prefixed ? `${input.name}/` : ''));
    if (names.size < inputs.length)
      read.push({
        where: 'templates',
        code: 'name-twice',
        message: 'expected a name of its own for each template [name-twice]',
      });
    return new Templates(read, stated, translated);
  }

  ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  find(id: string): Resource | undefined {
    return this.byId.get(id);
  }

  /** The resource a value refers to, by whatever attribute; undefined when it refers to none. */
  referred(value: Value | undefined): Resource | undefined {
    return value instanceof Reference && value.kind === 'resource' ? this.byId.get(value.id) : undefined;
  }

  /**
   * Whether a value names a resource of the templates. Not known where it is chosen at deployment, repeats what another kind of
   * resource returns, or is written as an id: that may be one that the templates made before.
   */
  names(value: Value | undefined, { id, type }: Pick<Resource, 'id' | 'type'>): Truth {
    if (value === undefined) return false;
    const open = unknownIn(value);
    if (open) return open;
    const referred = this.referred(value);
    if (referred) return referred.id === id || (referred.type === type ? false : elsewhere(shown(value)));
    return elsewhere(shown(value));
  }
}

function elsewhere(name: string): Unknown {
  return Unknown.of(`elsewhere(${name})`, `${name} is nothing that the agent’s network has`);
}

function resourcesOf(
  templates: readonly Template[],
  parents: readonly Nesting[],
  stated: ReadonlyMap<string, string>,
): Resource[] {
  const evaluators = new Map<Template, Evaluator>();
  const once = new Once();
  const surroundings: Surroundings = {
    stated,
    exported: (name) => once.value(`export ${name}`, () => exported(evaluators, name)),
    outputOf: (template, nested, output) =>
      once.value(`output ${template.name} ${nested} ${output}`, () => {
        const child = parents.find((link) => link.parent === template && link.logicalId === nested)?.child;
        const evaluator = child && evaluators.get(child);
        const found = child?.outputs.get(output);
        return evaluator && found ? evaluator.evaluate(own(found, 'Value')) : undefined;
      }),
  };
  for (const template of templates) evaluators.set(template, new Evaluator(template, surroundings));
  const stacks = new Map<Template, Truth[]>();
  for (const { parent, logicalId, child, parameters } of parents) {
    const made = and(parent.made, conditionOf(parent.resources.get(logicalId), evaluators.get(parent)));
    stacks.set(child, [...(stacks.get(child) ?? []), made]);
    child.made = or(...(stacks.get(child) ?? []));
    for (const [name, value] of Object.entries(parameters)) {
      const given = evaluators.get(parent)?.evaluate(value);
      if (given === undefined || typeof given === 'boolean') continue;
      const before = child.given.get(name);
      const isSame = before === undefined || (keyOf(before) !== undefined && keyOf(before) === keyOf(given));
      const says = `every stack of ${child.name} is given the ${name} that keeps this closed`;
      child.given.set(name, isSame ? given : Unknown.of(`given(${child.prefix}${name})`, says));
    }
  }
  return [...evaluators.values()].flatMap((evaluator) => [...evaluated(evaluator)]);
}

function conditionOf(resource: JsonObject | undefined, evaluator: Evaluator | undefined): Truth {
  const condition = resource && own(resource, 'Condition');
  return typeof condition === 'string' && evaluator ? evaluator.condition(condition) : true;
}

function* evaluated(evaluator: Evaluator): Generator<Resource> {
  const { template } = evaluator;
  for (const [logicalId, raw] of template.resources) {
    const exists = and(template.made, conditionOf(raw, evaluator));
    if (exists === false) continue;
    const properties = evaluator.evaluate(own(raw, 'Properties') ?? {});
    yield {
      id: template.prefix + logicalId,
      type: String(raw.Type),
      properties: isObject(properties) ? properties : {},
      raw,
      // Properties that are chosen at deployment may say anything.
      exists: properties instanceof Unknown ? and(exists, properties) : exists,
      unread: properties instanceof Unknown ? properties : undefined,
    };
  }
}

/** Undefined where none exports the name, and where several do: each may be of another region. */
function exported(evaluators: ReadonlyMap<Template, Evaluator>, name: string): Value | undefined {
  const found = [...evaluators].flatMap(([template, evaluator]) =>
    [...template.outputs.values()].flatMap((output) => {
      const declared = own(output, 'Export');
      const its: Json | undefined = isJsonObject(declared) ? own(declared, 'Name') : undefined;
      return its === name ? [() => evaluator.evaluate(own(output, 'Value'))] : [];
    }),
  );
  const [only, another] = found;
  return another ? undefined : only?.();
}
