import type { Resource } from './templates';
import { isList, isObject, Reference, Text, type Value } from './value';

/** The ids that a resource's properties refer to, also inside texts. */
export function heldBy({ properties }: Pick<Resource, 'properties'>): readonly string[] {
  const found: string[] = [];
  const visit = (value: Value): void => {
    if (value instanceof Reference) found.push(value.id);
    else if (value instanceof Text)
      found.push(...value.parts.flatMap((part) => (part instanceof Reference ? [part.id] : [])));
    else if (isList(value)) value.forEach(visit);
    else if (isObject(value)) Object.values(value).forEach(visit);
  };
  visit(properties);
  return found;
}
