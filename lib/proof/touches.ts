import { property } from './evaluate';
import { arnParts, type Statement } from './policy-document';
import type { Templates } from './templates';
import { keyOf, or, Reference, Text, type Truth, unknownIn, type Value } from './value';

/**
 * Whether a statement's resources may cover one of these resources. A literal name can be theirs where the template gives them
 * one; a name that the cloud makes is covered by a wildcard alone.
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
  if (named.some(({ id, attribute }) => ids.has(id) && attribute !== 'DefaultSecurityGroup')) return true;
  // What is named is another of their kind, or all of the resource: but for that it says where they are, as a cluster does.
  const first = resource instanceof Text ? resource.parts[0] : resource;
  if (named.length > 0 && (first instanceof Reference || named.some(({ id }) => isAlike(id, ids, templates))))
    return false;
  const text = keyOf(resource);
  if (text === undefined || text === '*') return true;
  const parts = arnParts(text);
  const name = parts.length > 5 ? parts.slice(5).join(':') : text;
  return /[*?]/.test(name) || [...ids].some((id) => namesGiven(id, templates).some((one) => holds(name, one)));
}

function isAlike(id: string, ids: ReadonlySet<string>, templates: Templates): boolean {
  const type = templates.find(id)?.type;
  return [...ids].some((one) => templates.find(one)?.type === type);
}

/** Names that the template itself gives a resource. */
function namesGiven(id: string, templates: Templates): readonly string[] {
  const found = templates.find(id);
  const names = Object.keys(found?.properties ?? {}).filter((name) => /^(?:Family|\w*Name)$/.test(name));
  return names.flatMap((name) => {
    const given = property(found?.properties, name);
    return typeof given === 'string' && given !== '' ? [given] : [];
  });
}

/** Whether a name is a whole part, or several, of a resource's path. */
function holds(path: string, name: string): boolean {
  const [whole, part] = [path, name].map((text) => `/${text.replaceAll(':', '/')}/`);
  return whole !== undefined && part !== undefined && whole.includes(part);
}
