import { isList, isObject, Unknown, type Value } from './value';

/** A block in either writing: one object, or a list of one. */
export function blocks(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value.filter((one) => one !== null) : [value];
}

/** Where an empty text says something: an endpoint of Private Service Connect has this scheme. */
const EMPTY_SAYS = 'load_balancing_scheme';

/** A setting below single blocks, in either writing. Where a block isn't known, or stands there twice, it is unknown. */
export function setting(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let found = value;
  for (const key of path) {
    const [only, second] = blocks(found);
    if (second !== undefined) return Unknown.of(`blocks(${key})`, `a block with ${key} stands there once`);
    if (only instanceof Unknown) return only;
    found = isObject(only) && Object.hasOwn(only, key) ? only[key] : undefined;
  }
  // States hold an empty text where nothing is set.
  const empty = found === null || (found === '' && path.at(-1) !== EMPTY_SAYS);
  return empty ? undefined : found;
}
