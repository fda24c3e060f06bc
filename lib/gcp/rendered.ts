import { DefaultTokenResolver, StringConcat, TerraformResource, TerraformStack, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';

/** A resource as the template will hold it, overrides included: an escape hatch doesn't show in the typed properties. */
export interface Rendered {
  readonly path: string;
  /** e.g. `google_compute_firewall`. */
  readonly type: string;
  /** e.g. `google_compute_firewall.Agent_Firewall_…`, as expressions name it. */
  readonly address: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Every resource below `scope`. */
export function renderedBelow(scope: IConstruct): readonly Rendered[] {
  return scope.node
    .findAll()
    .filter((found): found is TerraformResource => TerraformResource.isTerraformResource(found))
    .map(rendered);
}

/** Every resource of the stack that `scope` is in. */
export function renderedStack(scope: IConstruct): readonly Rendered[] {
  return renderedBelow(TerraformStack.of(scope));
}

/** Those of one type, which is given without its `google_`. */
export function ofType(resources: readonly Rendered[], type: string): readonly Rendered[] {
  return resources.filter((resource) => resource.type === `google_${type}`);
}

/** An object below a key; a block that is written as a list of one counts as that one. Empty when there is none. */
export function block(
  config: Readonly<Record<string, unknown>>,
  ...keys: readonly string[]
): Readonly<Record<string, unknown>> {
  return keys.reduce<Readonly<Record<string, unknown>>>(
    (at, key) => asObject(Array.isArray(at[key]) ? at[key][0] : at[key]),
    config,
  );
}

/** The objects below a key. Empty when there are none. */
export function blocks(
  config: Readonly<Record<string, unknown>>,
  key: string,
): readonly Readonly<Record<string, unknown>>[] {
  const value = config[key];
  return (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(asObject);
}

/** The texts of a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function rendered(resource: TerraformResource): Rendered {
  const type = resource.terraformResourceType;
  const logicalId = resource.friendlyUniqueId;
  const resolved: unknown = Tokenization.resolve(resource.toTerraform(), {
    scope: resource,
    preparing: false,
    resolver: new DefaultTokenResolver(new StringConcat()),
  });
  const config = block(asObject(resolved), 'resource', type, logicalId);
  return { path: resource.node.path, type, address: `${type}.${logicalId}`, config };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
