import { childPath } from './plain-data';
import { nearest, show, type Findings } from './problem';

const TEXT = 'quotes make text of a number, brackets a list of a text';

/** One mapping of the document being read: every field is asked for once, and what nobody asked for is an unknown key. */
export class Fields {
  private constructor(
    readonly where: string,
    private readonly values: Readonly<Record<string, unknown>>,
    readonly findings: Findings,
  ) {}

  /** The mapping at `where`, its keys checked against those the language has; undefined (with a problem) when it is none. */
  static read(value: unknown, where: string, known: readonly string[], findings: Findings): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      findings.add(
        'wrong-type',
        where,
        `a mapping with ${known.join(', ')}`,
        show(value),
        'write `key: value`, each on a line',
      );
      return undefined;
    }
    // `value` is a plain copy: no prototype, no getter.
    const values = value as Readonly<Record<string, unknown>>;
    const expected = known.length === 0 ? 'nothing inside' : `one of ${known.join(', ')}`;
    for (const key of Object.keys(values).filter((name) => !known.includes(name))) {
      const near = nearest(key, known);
      const mend = near === undefined ? 'remove it' : `did you mean "${near}"?`;
      findings.add('unknown-key', childPath(where, key), expected, show(key), mend);
    }
    return new Fields(where, values, findings);
  }

  at(key: string): string {
    return childPath(this.where, key);
  }

  has(key: string): boolean {
    return this.values[key] !== undefined;
  }

  raw(key: string): unknown {
    return this.values[key];
  }

  text(key: string, example: string): string | undefined {
    const value = this.raw(key);
    if (typeof value === 'string' && value !== '') return value;
    if (value === undefined) {
      this.findings.add('missing-field', this.at(key), `text such as "${example}"`, 'nothing', 'write it');
    } else this.findings.add('wrong-type', this.at(key), `text such as "${example}"`, show(value), TEXT);
    return undefined;
  }

  optionalText(key: string, example: string): string | undefined {
    return this.has(key) ? this.text(key, example) : undefined;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.raw(key);
    if (value === undefined) return otherwise;
    if (typeof value === 'boolean') return value;
    this.findings.add('wrong-type', this.at(key), 'true or false', show(value), 'write it without quotes');
    return otherwise;
  }

  texts(key: string, example: string): readonly string[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
    this.findings.add('wrong-type', this.at(key), `a list of texts such as "${example}"`, show(value), TEXT);
    return [];
  }

  /** Distinct texts, sorted, each of which must be `sound`. */
  set(key: string, example: string, sound: (text: string) => boolean): readonly string[] {
    const texts = this.texts(key, example);
    for (const [index, text] of texts.entries()) {
      if (sound(text)) continue;
      const where = childPath(this.at(key), index);
      this.findings.add('credential-form', where, `text such as "${example}"`, show(text), 'no spaces or quotes');
    }
    return [...new Set(texts)].sort();
  }

  mapping(key: string): Readonly<Record<string, string>> {
    const value = this.raw(key);
    if (value === undefined) return {};
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const entries = Object.entries(value);
      if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
        return Object.fromEntries(entries);
      }
    }
    this.findings.add('wrong-type', this.at(key), 'a mapping of names to texts', show(value), TEXT);
    return {};
  }
}
