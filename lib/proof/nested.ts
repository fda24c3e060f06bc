import { isJsonObject, type JsonObject, own, type Template } from './template';

/** A nested stack whose template is read too. */
export interface Nesting {
  readonly parent: Template;
  readonly logicalId: string;
  readonly child: Template;
  /** What the parent gives to the child's parameters, not evaluated. */
  readonly parameters: JsonObject;
}

/** Finds the template of each nested stack by the file name that the CDK notes beside it. Parents come before their children. */
export function nestedParents(templates: readonly Template[]): readonly Nesting[] {
  const byName = new Map(templates.map((template) => [fileName(template.name), template]));
  const found = templates.flatMap((parent) =>
    [...parent.resources].flatMap(([logicalId, resource]): Nesting[] => {
      if (resource.Type !== 'AWS::CloudFormation::Stack') return [];
      const child = byName.get(assetPath(resource));
      const properties = own(resource, 'Properties');
      const parameters = isJsonObject(properties) ? own(properties, 'Parameters') : undefined;
      if (!child || child === parent) return [];
      return [{ parent, logicalId, child, parameters: isJsonObject(parameters) ? parameters : {} }];
    }),
  );
  return outermostFirst(found);
}

function outermostFirst(links: readonly Nesting[]): Nesting[] {
  const depth = (template: Template, left = links.length): number => {
    const up = links.find((link) => link.child === template);
    return up && left > 0 ? 1 + depth(up.parent, left - 1) : 0;
  };
  return [...links].sort((one, other) => depth(one.parent) - depth(other.parent));
}

function assetPath(resource: JsonObject): string {
  const metadata = own(resource, 'Metadata');
  const path = isJsonObject(metadata) ? own(metadata, 'aws:asset:path') : undefined;
  return typeof path === 'string' ? fileName(path) : '';
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
