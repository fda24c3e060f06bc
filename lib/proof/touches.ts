import { arnParts, type Statement } from './policy-document';
import type { Templates } from './templates';
import { keyOf, or, Reference, Text, type Truth, unknownIn, type Value } from './value';

/**
 * Whether a statement's resources may cover one of these resources. A pattern without a reference covers it when it has a
 * wildcard: a literal name can't be that of something the template still makes.
 */
export function touches({ resources, notResources }: Statement, ids: ReadonlySet<string>, templates: Templates): Truth {
  if (notResources || resources.length === 0) return true;
  return or(...resources.map((resource) => covered(resource, ids, templates)));
}

function covered(resource: Value, ids: ReadonlySet<string>, templates: Templates): Truth {
  const open = unknownIn(resource);
  if (open) return open;
  const references = resource instanceof Text ? resource.parts.filter((part) => part instanceof Reference) : [resource];
  const named = references.flatMap((part) =>
    part instanceof Reference && part.kind === 'resource' && templates.find(part.id) ? [part] : [],
  );
  if (named.length > 0) return named.some(({ id, attribute }) => ids.has(id) && attribute !== 'DefaultSecurityGroup');
  const text = keyOf(resource);
  if (text === undefined || text === '*') return true;
  return /[*?]/.test(arnParts(text).slice(5).join(':'));
}
