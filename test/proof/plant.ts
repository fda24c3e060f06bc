import fc from 'fast-check';
import { prove } from '../../lib/proof';

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

/** The law of malformed input: a sound document with anything put anywhere in it gets an answer. */
export function answersAnything(documents: readonly object[], anything: fc.Arbitrary<unknown>, numRuns: number): void {
  fc.assert(
    fc.property(
      fc.constantFrom(...documents),
      fc.array(fc.nat(60), { maxLength: 9 }),
      anything,
      (document, path, value) => {
        const report = prove([{ name: 'planted', document: plant(document, path, value) }]);
        expect(['closed', 'open', 'unproven']).toContain(report.verdict);
      },
    ),
    { numRuns },
  );
}
