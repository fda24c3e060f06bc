import { deeper, isJsonObject, own, type TemplateInput } from './template';
import { readConfiguration } from './terraform-config';
import type { Read, TerraformDocument, TerraformResource } from './terraform-document';
import { readPlan } from './terraform-plan';
import type { ProofProblem } from './report';
import type { Resource } from './templates';
import { Reference, type Value } from './value';

const DEEPEST = 200;
/** Before a file that can't be read at all it is judged what it looks like. */
const SECTIONS = ['resource', 'module', 'terraform', 'provider', 'variable', 'planned_values', 'format_version'];

/** Whether a document is Terraform's: JSON configuration such as `cdk.tf.json`, or a plan or state shown as JSON. */
export function isTerraform({ document }: TemplateInput): boolean {
  return (
    isJsonObject(document) &&
    !Object.hasOwn(document, 'Resources') &&
    SECTIONS.some((key) => Object.hasOwn(document, key))
  );
}

/** All resources of all Terraform documents, and what refers to what. */
export class Terraform {
  readonly resources: readonly Resource[];
  readonly problems: readonly ProofProblem[];
  readonly unread: TerraformDocument['unread'];
  /** Data sources that only write a policy out. */
  readonly policies: readonly Resource[];
  private readonly byId: ReadonlyMap<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();

  private constructor(read: readonly Read[]) {
    const documents = read.filter((one): one is TerraformDocument => !('code' in one));
    this.problems = read.filter((one): one is ProofProblem => 'code' in one);
    this.unread = documents.flatMap(({ unread }) => unread);
    const named = (prefix: string, some: readonly TerraformResource[]) =>
      some
        .filter(({ exists }) => exists !== false)
        .map(({ address, ...rest }): Resource => ({ ...rest, id: prefix + address }));
    this.resources = documents.flatMap(({ prefix, resources }) => named(prefix, resources));
    this.policies = documents.flatMap(({ prefix, policies }) => named(prefix, policies));
    this.byId = new Map(this.resources.map((resource) => [resource.id, resource]));
    for (const resource of this.resources) {
      const same = this.byType.get(resource.type);
      if (same) same.push(resource);
      else this.byType.set(resource.type, [resource]);
    }
  }

  /** @param stated values of variables, by their name. */
  static read(inputs: readonly TemplateInput[], prefixed: boolean, stated: ReadonlyMap<string, string>): Terraform {
    const read = inputs.map((input) => readDocument(input, prefixed ? `${input.name}/` : '', stated));
    const names = new Set(inputs.map(({ name }) => name));
    if (names.size < inputs.length)
      read.push({
        where: 'templates',
        code: 'name-twice',
        message: 'expected a name of its own for each template [name-twice]',
      });
    return new Terraform(read);
  }

  ofType(...types: readonly string[]): readonly Resource[] {
    const [only, second] = types;
    if (only !== undefined && second === undefined) return this.byType.get(only) ?? [];
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  find(id: string): Resource | undefined {
    return this.byId.get(id);
  }

  /** The resource a value refers to, by whatever attribute. */
  referred(value: Value | undefined): Resource | undefined {
    return value instanceof Reference && value.kind === 'resource' ? this.byId.get(value.id) : undefined;
  }
}

function readDocument({ name, document }: TemplateInput, prefix: string, stated: ReadonlyMap<string, string>): Read {
  const problem = (code: string, message: string): ProofProblem => ({
    where: name,
    code,
    message: `${name}: ${message} [${code}]`,
  });
  if (!isJsonObject(document)) return problem('not-a-document', 'expected Terraform’s JSON, got no JSON object');
  if (deeper(document, DEEPEST)) return problem('too-deep', `expected at most ${DEEPEST} levels, got more`);
  if (Object.hasOwn(document, 'planned_values') || Object.hasOwn(document, 'values'))
    return readPlan(document, prefix, stated);
  const isConfiguration = ['resource', 'module', 'terraform', 'provider'].some((key) =>
    isJsonObject(own(document, key)),
  );
  if (isConfiguration) return readConfiguration(document, prefix, stated);
  return problem(
    'no-resources',
    'expected "resource" of cdk.tf.json, or "planned_values" or "values" of `terraform show -json`, got none',
  );
}
