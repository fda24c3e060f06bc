import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TemplateInput } from '../proof';

const EXPECTED =
  'expected a template: a CDK Template or cloud assembly, a parsed document, a directory such as cdk.out, or the text of one';

/**
 * What a test may hand to `toConfine`, as documents: an object with `toJSON()` (CDK's `Template`), with `directory` (a cloud
 * assembly), a parsed document, JSON text (cdktf's `Testing.synth`), or the path of a file or a directory.
 * @throws TypeError for anything else.
 */
export function templatesOf(received: unknown): readonly TemplateInput[] {
  if (typeof received === 'string') {
    return /^\s*\{/.test(received) ? [{ name: 'template', document: parsed('the text', received) }] : filesAt(received);
  }
  if (typeof received !== 'object' || received === null || Array.isArray(received)) throw new TypeError(`${EXPECTED}`);
  if ('directory' in received && typeof received.directory === 'string') return filesAt(received.directory);
  const document: unknown =
    'toJSON' in received && typeof received.toJSON === 'function' ? received.toJSON() : received;
  return [{ name: 'template', document }];
}

/** The templates of a cloud assembly, or the configurations of a cdktf output; or the one file. */
function filesAt(path: string): readonly TemplateInput[] {
  if (!isDirectory(path)) return [{ name: basename(path), document: parsed(path, readFileSync(path, 'utf8')) }];
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  const found = inside.filter((name) => name.endsWith('.template.json') || basename(name) === 'cdk.tf.json');
  if (found.length === 0) throw new TypeError(`${EXPECTED}; got ${path} without a *.template.json or cdk.tf.json`);
  return found.map((name) => ({ name, document: parsed(name, readFileSync(join(path, name), 'utf8')) }));
}

function isDirectory(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new TypeError(`${EXPECTED}; got ${JSON.stringify(path)}, where nothing is`);
  return found.isDirectory();
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError(`${EXPECTED}; got ${where}, which isn’t JSON`);
  }
}
