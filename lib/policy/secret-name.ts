import type { Fields } from './fields';
import { kindOf } from './problem';
import { looksLikeValue } from './secret-shape';

/** Google Cloud, AWS and a file all take it. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text can be the name of a secret or of an authority. */
export function isStoreName(text: string): boolean {
  return NAME.test(text);
}

/** The name of a secret at `key`, or undefined with a problem that never shows what stands there. */
export function readSecretName(fields: Fields, key: string): string | undefined {
  const name = fields.raw(key);
  if (typeof name === 'string' && looksLikeValue(name)) {
    const got = `something shaped like a key (${name.length} characters, not shown)`;
    const mend = 'put the value in a secret store and write its name here';
    fields.findings.add('secret-value', fields.at(key), "a secret's name", got, mend);
    return undefined;
  }
  if (typeof name === 'string' && isStoreName(name)) return name;
  const expected = 'the name of a secret: lower-case letters, digits and "-", at most 63';
  const code = name === undefined ? 'missing-field' : typeof name === 'string' ? 'name-invalid' : 'wrong-type';
  fields.findings.add(code, fields.at(key), expected, kindOf(name), 'a name, never the value');
  return undefined;
}
