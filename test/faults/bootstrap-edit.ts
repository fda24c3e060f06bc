/** Changes to a compiled bootstrap that don't depend on where in it something stands: each takes one protection out. */
type Json = Record<string, unknown>;

/** Calls `visit` for every object in it, outermost first. */
export function eachObject(value: unknown, visit: (object: Json) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) return value.forEach((item) => eachObject(item, visit));
  // Any object that is no array is a record once it came from JSON.parse.
  const object = value as Json;
  visit(object);
  Object.values(object).forEach((child) => eachObject(child, visit));
}

/** Sets a key wherever it stands; undefined removes it. Throws when it stands nowhere: a mutation that changes nothing proves nothing. */
export function setting(bootstrap: unknown, key: string, value: unknown): void {
  let found = 0;
  eachObject(bootstrap, (object) => {
    if (!(key in object)) return;
    found++;
    if (value === undefined) delete object[key];
    else object[key] = value;
  });
  if (found === 0) throw new Error(`expected "${key}" in the bootstrap, got none`);
}

/** Removes the filters of a type from every filter list. */
export function withoutFilters(bootstrap: unknown, type: string, chosen: (filter: Json) => boolean = () => true): void {
  let found = 0;
  eachObject(bootstrap, (object) => {
    for (const key of ['http_filters', 'filters']) {
      const list = object[key];
      if (!Array.isArray(list)) continue;
      const kept = list.filter((filter: Json) => !(isOfType(filter, type) && chosen(filter)));
      found += list.length - kept.length;
      object[key] = kept;
    }
  });
  if (found === 0) throw new Error(`expected a filter of type ${type} in the bootstrap, got none`);
}

/** Every text under a key, replaced. */
export function rewriting(bootstrap: unknown, key: string, change: (text: string) => string): void {
  let found = 0;
  eachObject(bootstrap, (object) => {
    const text = object[key];
    if (typeof text !== 'string') return;
    found++;
    object[key] = change(text);
  });
  if (found === 0) throw new Error(`expected text under "${key}" in the bootstrap, got none`);
}

function isOfType(filter: Json, type: string): boolean {
  const config = filter['typed_config'];
  return typeof config === 'object' && config !== null && String(Reflect.get(config, '@type')).endsWith(`.${type}`);
}
