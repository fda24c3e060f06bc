import { show, type Findings } from './problem';
import type { ProblemCode } from './problem-codes';
import { looksLikeSecret } from './secret-shape';

const MAX_DEPTH = 12;
const MAX_VALUES = 300_000;
/** No field of a policy is longer; expressions then run over little text. */
const MAX_TEXT = 8 * 1024;
const TOKEN = /[$%#]\{/;

/**
 * A deep copy of a caller's value that is surely plain data: no getter is called, no prototype is followed, and what a
 * policy can never hold (tokens, secrets' values, `__proto__`, null) is reported. Undefined properties are left out.
 */
export function plainCopy(input: unknown, findings: Findings): unknown {
  try {
    return new Copier(findings).copy(input, 'policy document', 0);
  } catch (error) {
    if (!(error instanceof Overflow)) {
      // A proxy's trap threw: what can't be read is not plain data.
      const got = 'a value that fails when it is read';
      findings.add('not-plain-data', 'policy document', 'plain data', got, 'write the values themselves');
    }
    return undefined;
  }
}

/** Thrown once the size is reported: the rest of so large a value is not worth reading. */
class Overflow {}

class Copier {
  private seen = 0;

  constructor(private readonly findings: Findings) {}

  copy(value: unknown, where: string, depth: number): unknown {
    this.seen += 1;
    if (depth > MAX_DEPTH || this.seen > MAX_VALUES) {
      const most = `at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`;
      this.findings.add('too-deep', where, most, 'more, or a value that contains itself', 'split the policy');
      throw new Overflow();
    }
    if (typeof value === 'string') return this.text(value, where);
    if (typeof value === 'number') return this.number(value, where);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === null) {
      return this.refuse('wrong-type', where, 'a value', 'null', 'write the value, or leave the whole field out');
    }
    if (Array.isArray(value)) return this.list(value, where, depth);
    if (typeof value === 'object') return this.mapping(value, where, depth);
    return this.refuse('not-plain-data', where, 'plain data', `a ${typeof value}`, 'write the value itself');
  }

  /** Reports a value that no field can hold; what reads the field later has nothing to add. */
  private refuse(code: ProblemCode, where: string, expected: string, got: string, mend: string): '' {
    this.findings.add(code, where, expected, got, mend);
    this.findings.silence(where);
    return '';
  }

  private text(value: string, where: string): string {
    if (value.length > MAX_TEXT) {
      const got = `${value.length} characters`;
      return this.refuse('out-of-range', where, 'text of at most 8,192 characters', got, 'no field is longer');
    }
    // A CDK token becomes a CloudFormation expression later: what was checked would not be what runs.
    if (TOKEN.test(value)) {
      const mend = 'write the value itself; a policy is checked before anything is deployed';
      return this.refuse('unresolved-token', where, 'text known now', 'a token or template expression', mend);
    }
    return looksLikeSecret(value) ? this.secret(value, where) : value;
  }

  private secret(value: string, where: string): string {
    const got = `something shaped like a key (${value.length} characters, not shown)`;
    const mend = 'put the value in a secret store and write its name here; replace the key if this document was shared';
    return this.refuse('secret-value', where, "no secret's value", got, mend);
  }

  private number(value: number, where: string): unknown {
    // Both CDKs encode number tokens as numbers below -1e289.
    if (value < -1e200) {
      return this.refuse('unresolved-token', where, 'a number known now', 'a number token', 'write the value itself');
    }
    if (Number.isFinite(value)) return value;
    return this.refuse('not-plain-data', where, 'a finite number', String(value), 'write the value itself');
  }

  private list(value: readonly unknown[], where: string, depth: number): unknown {
    const copy: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      const child = childPath(where, index);
      const item = this.property(Object.getOwnPropertyDescriptor(value, index), child, depth);
      if (item === undefined) {
        this.findings.silence(where);
        return this.refuse('not-plain-data', child, 'a value', 'nothing', 'remove the empty place');
      }
      copy.push(item);
    }
    return copy;
  }

  private mapping(value: object, where: string, depth: number): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    // Another realm's Object.prototype has no prototype of its own either.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      const mend = 'write plain data; a token of either CDK is not plain data';
      return this.refuse('not-plain-data', where, 'a plain mapping', 'an instance of a class', mend);
    }
    const copy: Record<string, unknown> = {};
    for (const key of Object.getOwnPropertyNames(value)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
        this.findings.add('forbidden-key', where, 'ordinary keys', show(key), 'remove it');
        continue;
      }
      const child = childPath(where, key);
      this.text(key, child);
      const item = this.property(Object.getOwnPropertyDescriptor(value, key), child, depth);
      if (item !== undefined) copy[key] = item;
    }
    return copy;
  }

  private property(property: PropertyDescriptor | undefined, where: string, depth: number): unknown {
    if (property?.get === undefined && property?.set === undefined) return this.copy(property?.value, where, depth + 1);
    return this.refuse('not-plain-data', where, 'a value', 'a getter or setter', 'write the value itself');
  }
}

/** `upstreams[2].host`: how messages name a place. Keys that are not words are quoted, and secrets not shown. */
export function childPath(where: string, key: string | number): string {
  const base = where === 'policy document' ? '' : where;
  if (typeof key === 'number') return `${base}[${key}]`;
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) || looksLikeSecret(key)) return `${base}[${show(key)}]`;
  return base === '' ? key : `${base}.${key}`;
}
