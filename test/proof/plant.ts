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

/** Names that every object answers to, which a document may use for anything of its own. */
export const INHERITED = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'] as const;

/** A document with one text written otherwise everywhere, as a key and as a value. */
export function renamed(document: object, from: string, to: string): unknown {
  const anywhere = (text: string) => text.split(from).join(to);
  return JSON.parse(JSON.stringify(document), (_, value: unknown) => {
    if (typeof value === 'string') return anywhere(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const all = Object.entries(value).map(([key, inner]): [string, unknown] => [anywhere(key), inner]);
    return Object.fromEntries(all);
  });
}
