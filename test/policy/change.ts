import type { UpstreamEntry } from '../../lib/policy';

/** The same data in another order. Lists of a document are sets, all of them. */
export function shuffled(value: unknown, next: () => number): unknown {
  if (Array.isArray(value))
    return mixed(
      value.map((item) => shuffled(item, next)),
      next,
    );
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item, next)] as const);
  return Object.fromEntries(mixed(entries, next));
}

function mixed<T>(items: readonly T[], next: () => number): T[] {
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Items of its lists written again. */
export function repeated(entry: UpstreamEntry, next: () => number): UpstreamEntry {
  const twice = (list: readonly unknown[]) => [...list, ...list.filter(() => next() % 2 === 0)];
  const fields = Object.entries(entry).map(([key, value]) => [
    key,
    Array.isArray(value)
      ? twice(value)
      : key === 'headers' && value.deny
        ? { ...value, deny: twice(value.deny) }
        : value,
  ]);
  return Object.fromEntries(fields);
}

/** A rule that asks for less: one method of several, a word for a star, a path below, a pinned query. */
export function narrower(rule: string, next: () => number): string {
  const [methods = '', target = ''] = rule.split(' ');
  const one = methods.split(',');
  const method = one[next() % one.length] ?? '';
  const path = target.replace('/**', next() % 2 === 0 ? '/below/**' : '/').replace(/(?<!\*)\*(?!\*)/, 'word');
  return `${method} ${path}${path.includes('?') || next() % 2 === 0 ? '' : '?page=2'}`;
}

/** One place of it replaced. */
export function withJunk(value: unknown, junk: unknown, next: () => number): unknown {
  if (typeof value !== 'object' || value === null || next() % 6 === 0) return junk;
  const keys = Object.keys(value);
  const key = keys[next() % keys.length];
  if (key === undefined) return junk;
  const item: unknown = Reflect.get(value, key);
  if (Array.isArray(value))
    return value.map((old: unknown, i) => (String(i) === key ? withJunk(old, junk, next) : old));
  return { ...value, [key]: withJunk(item, junk, next) };
}
