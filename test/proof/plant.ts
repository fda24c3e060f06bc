/** Puts something at a place inside a document. */
export function plant(node: unknown, path: readonly number[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof node !== 'object' || node === null) return value;
  const entries = Object.entries(node);
  if (entries.length === 0) return value;
  const at = first % entries.length;
  const changed = entries.map(
    ([key, inner], index) => [key, index === at ? plant(inner, rest, value) : inner] as const,
  );
  return Array.isArray(node) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
}
