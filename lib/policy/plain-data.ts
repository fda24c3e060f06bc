import { Findings, show } from './problem';
import { looksLikeSecret } from './secret-shape';

const MAX_DEPTH = 12;
const MAX_VALUES = 300_000;
const TOKEN = /\$\{|%\{|#\{|\$\$\{/;

/**
 * A deep copy of a caller's value that is surely plain data: no getter is called, no prototype is followed, and what a
 * policy can never hold (tokens, secrets' values, `__proto__`) is reported. Undefined properties are left out.
 */
export function plainCopy(input: unknown, findings: Findings): unknown {
  return new Copier(findings).copy(input, 'policy document', 0);
}

class Copier {
  private seen = 0;

  constructor(private readonly findings: Findings) {}

  copy(value: unknown, where: string, depth: number): unknown {
    this.seen += 1;
    if (depth > MAX_DEPTH || this.seen > MAX_VALUES) {
      if (this.findings.problems.at(-1)?.code !== 'too-deep') {
        this.findings.add(
          'too-deep',
          where,
          `at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`,
          'more, or a value that contains itself',
        );
      }
      return undefined;
    }
    if (typeof value === 'string') return this.text(value, where);
    if (typeof value === 'number') return this.number(value, where);
    if (value === null || value === undefined || typeof value === 'boolean') return value;
    if (Array.isArray(value)) return value.map((item, i) => this.copy(item, childPath(where, i), depth + 1));
    if (typeof value === 'object') return this.mapping(value, where, depth);
    this.findings.add('not-plain-data', where, 'plain data', `a ${typeof value}`, 'write the value itself');
    return undefined;
  }

  private text(value: string, where: string): string {
    // A CDK token becomes a CloudFormation expression later: what was checked would not be what runs.
    if (TOKEN.test(value)) {
      this.findings.add(
        'unresolved-token',
        where,
        'text known now',
        'a token or template expression',
        'write the value itself; a policy is checked before anything is deployed',
      );
    } else if (looksLikeSecret(value)) {
      this.findings.add(
        'secret-value',
        where,
        "no secret's value",
        `something shaped like a key (${value.length} characters, not shown)`,
        'put the value in a secret store and write its name here; replace the key if this document was shared',
      );
    }
    return value;
  }

  private number(value: number, where: string): number {
    // Both CDKs encode number tokens as numbers below -1e289.
    if (value < -1e200) {
      this.findings.add('unresolved-token', where, 'a number known now', 'a number token', 'write the value itself');
    } else if (!Number.isFinite(value)) {
      this.findings.add('not-plain-data', where, 'a finite number', String(value));
    }
    return value;
  }

  private mapping(value: object, where: string, depth: number): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    // Another realm's Object.prototype has no prototype of its own either.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      this.findings.add(
        'not-plain-data',
        where,
        'a plain mapping',
        'an instance of a class',
        'write plain data; a token of either CDK is not plain data',
      );
      return undefined;
    }
    const copy: Record<string, unknown> = {};
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      const child = childPath(where, key);
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
        this.findings.add('forbidden-key', where, 'ordinary keys', show(key), 'remove it');
      } else if (property.get !== undefined || property.set !== undefined) {
        this.findings.add('not-plain-data', child, 'a value', 'a getter or setter', 'write the value itself');
      } else if (property.value !== undefined) {
        this.text(key, where);
        copy[key] = this.copy(property.value, child, depth + 1);
      }
    }
    return copy;
  }
}

/** `upstreams[2].host`: how messages name a place. Keys that are not words are quoted, and secrets not shown. */
export function childPath(where: string, key: string | number): string {
  const base = where === 'policy document' ? '' : where;
  if (typeof key === 'number') return `${base}[${key}]`;
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) || looksLikeSecret(key)) return `${base}[${show(key)}]`;
  return base === '' ? key : `${base}.${key}`;
}
