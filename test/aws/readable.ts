import { Document } from 'yaml';
import type { Json } from './stack';

/**
 * A template as people read it: YAML without the frame of the bootstrap, functions as texts (`${Vpc}`, `${Role.Arn}`), and
 * packed files and hashes of assets left out, which other tests compare.
 */
export function readable(template: Readonly<Record<string, Json>>): string {
  const shown: Record<string, Json> = {};
  for (const part of ['Mappings', 'Resources', 'Outputs']) {
    const found = template[part];
    if (found !== undefined) shown[part] = simplify(found, '');
  }
  return new Document(shown, { aliasDuplicateObjects: false }).toString({ lineWidth: 0, indentSeq: false });
}

function simplify(value: Json, key: string): Json {
  if (typeof value === 'string') return elide(value, key);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => simplify(one, key)).map(packed);
  const text = functionText(value);
  if (text !== undefined) return elide(text, key);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, simplify(one, name)]));
}

/** A variable that carries the compiled files. */
function packed(one: Json): Json {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
  return one['Name'] === 'ANCHORHOLD_FILES' ? { ...one, Value: '<packed files>' } : one;
}

function elide(text: string, key: string): string {
  const asset = /^(?:S3Key|TemplateURL|Image)$/.test(key)
    ? text.replaceAll(/[0-9a-f]{64}(?=\.zip|$)/g, '<hash>')
    : text;
  return /^sha256:/.test(text) ? text : asset;
}

function functionText(value: { readonly [key: string]: Json }): string | undefined {
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  const argument = value[name];
  if (name === 'Ref' && typeof argument === 'string') return `\${${argument}}`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `\${${argument.map(String).join('.')}}`;
  if (name !== 'Fn::Join' || !Array.isArray(argument)) return undefined;
  const [separator, parts] = argument;
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part) => simplify(part, ''));
  return texts.every((part) => typeof part === 'string') ? texts.join(String(separator)) : undefined;
}
