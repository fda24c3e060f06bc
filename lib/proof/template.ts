import type { ProofProblem } from './report';
import type { Truth, Value } from './value';

/** One template as it was read: JSON, not judged. */
export interface TemplateInput {
  /** Its name, e.g. the file's; it stands before logical ids where several templates are read. */
  readonly name: string;
  /** The parsed document: anything, also what is no template. */
  readonly document: unknown;
}

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A template whose sections have the shape they should. */
export interface Template {
  readonly name: string;
  /** Before each logical id in reports; empty where only one template is read. */
  readonly prefix: string;
  readonly resources: ReadonlyMap<string, JsonObject>;
  readonly parameters: ReadonlyMap<string, JsonObject>;
  readonly conditions: ReadonlyMap<string, Json>;
  readonly mappings: ReadonlyMap<string, Json>;
  readonly outputs: ReadonlyMap<string, JsonObject>;
  readonly transforms: readonly string[];
  /** Values a parent stack gives to parameters; set when the parent is found. */
  readonly given: Map<string, Value>;
  /** Whether the stack is made of which it is the template; set when the parent is found. */
  made: Truth;
}

const DEEPEST = 60;

/**
 * Reads a template's sections. Only the shape is checked here: what a property means is the readers' business.
 * @returns the template, or what is wrong with it.
 */
export function readTemplate({ name, document }: TemplateInput, prefix: string): Template | ProofProblem {
  const problem = (code: string, message: string): ProofProblem => ({ where: name, code, message });
  if (!isJsonObject(document))
    return problem(
      'not-a-template',
      `${name}: expected a template of CloudFormation or Terraform, got no object [not-a-template]`,
    );
  if (deeper(document, DEEPEST))
    return problem('too-deep', `${name}: expected at most ${DEEPEST} levels, got more [too-deep]`);
  const resources = section(document, 'Resources');
  if (!resources)
    return problem(
      'no-resources',
      `${name}: expected an object "Resources", got none: is it a template of CloudFormation or Terraform? [no-resources]`,
    );
  for (const [id, resource] of resources) {
    if (!isJsonObject(resource) || typeof resource.Type !== 'string')
      return problem(
        'resource-malformed',
        `${name}: Resources.${id}: expected an object with a text "Type" [resource-malformed]`,
      );
  }
  return {
    name,
    prefix,
    resources: objects(resources),
    parameters: objects(section(document, 'Parameters')),
    conditions: section(document, 'Conditions') ?? new Map(),
    mappings: section(document, 'Mappings') ?? new Map(),
    outputs: objects(section(document, 'Outputs')),
    transforms: transformsOf(document),
    given: new Map(),
    made: true,
  };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key that the object itself holds; never one of its prototype. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function section(document: JsonObject, name: string): Map<string, Json> | undefined {
  const found = own(document, name);
  return isJsonObject(found) ? new Map(Object.entries(found)) : undefined;
}

function objects(entries: Map<string, Json> | undefined): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const [id, value] of entries ?? []) if (isJsonObject(value)) found.set(id, value);
  return found;
}

function transformsOf(document: JsonObject): string[] {
  const transform = own(document, 'Transform');
  const listed: readonly Json[] = Array.isArray(transform) ? (transform as readonly Json[]) : [transform ?? null];
  const names = listed.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return isJsonObject(one) ? [typeof one.Name === 'string' ? one.Name : 'of a name not known'] : [];
  });
  // The language extensions add functions, not resources, unless they loop.
  const loops = JSON.stringify(document.Resources).includes('Fn::ForEach');
  return [...names.filter((name) => name !== 'AWS::LanguageExtensions' || loops), ...snippets(document)];
}

/** Macros that stand beside other keys, at whatever depth: they see those keys, and may add to them. */
function* snippets(node: Json): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, inner] of Object.entries(node)) {
    if (key === 'Fn::Transform') yield isJsonObject(inner) && typeof inner.Name === 'string' ? inner.Name : key;
    yield* snippets(inner);
  }
}

/** Whether a document has more levels than these. */
export function deeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((one) => deeper(one, levels - 1));
}
