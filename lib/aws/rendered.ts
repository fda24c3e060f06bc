import { type CfnElement, Stack } from 'aws-cdk-lib';

/** The part of a resource's template that checks read. */
export interface RenderedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A resource as the template will hold it, raw overrides included: an escape hatch doesn't show in the typed properties. */
export function rendered(resource: CfnElement): RenderedResource {
  // `_toCloudFormation` is left out of the library's public types, but it alone includes raw overrides.
  const source = resource as unknown as { _toCloudFormation(): { Resources: object } };
  // Its single resource is keyed by the logical id; the shape is CloudFormation's own.
  const [found] = Object.values(
    Stack.of(resource).resolve(source._toCloudFormation()).Resources,
  ) as Partial<RenderedResource>[];
  return { Type: found?.Type ?? '', Properties: found?.Properties ?? {} };
}
