import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CollectionTag, ScalarTag } from 'yaml';
import type { TemplateInput } from '../proof';
import { CliError } from './exits';
import { lazy } from './layers';
import type { Terminal } from './terminal';

/** A template with where it was read from. */
export interface ReadTemplate extends TemplateInput {
  /** As it was named on the command line, or below a directory that was. */
  readonly path: string;
  readonly text: string;
}

/** Where a file of this many bytes is refused. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Reads templates: files of JSON or YAML, `-` for standard input, directories such as `cdk.out` or `cdktf.out` for every
 * template in them.
 * @throws CliError when a path isn't there or isn't a document.
 */
export async function readTemplates(paths: readonly string[], terminal: Terminal): Promise<readonly ReadTemplate[]> {
  const found: ReadTemplate[] = [];
  for (const path of paths) {
    if (path === '-') found.push(read('stdin', await terminal.input()));
    else found.push(...filesOf(path).map((file) => read(file, text(file))));
  }
  return found;
}

function read(path: string, written: string): ReadTemplate {
  return { name: nameOf(path), path, text: written, document: parse(path, written) };
}

/** Every stack of CDKTF is a file of the same name, in a directory of its own. */
function nameOf(path: string): string {
  const name = basename(path);
  const stack = basename(dirname(path));
  return name === 'cdk.tf.json' && stack !== '' && stack !== '.' ? `${stack}/${name}` : name;
}

function filesOf(path: string): readonly string[] {
  if (!isDirectory(path)) return [path];
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' });
  const templates = inside.filter((name) => name.endsWith('.template.json') || basename(name) === 'cdk.tf.json').sort();
  if (templates.length === 0)
    throw new CliError(
      `${path}: expected a directory with *.template.json or cdk.tf.json, such as cdk.out or cdktf.out, got none [no-templates]`,
    );
  return templates.map((name) => join(path, name));
}

function isDirectory(path: string): boolean {
  try {
    const found = statSync(path);
    if (found.isFile() && found.size > LARGEST)
      throw new CliError(`${path}: expected at most ${LARGEST} bytes, got ${found.size} [template-too-large]`);
    return found.isDirectory();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${path}: expected a template or a directory of templates, got no such file [file-missing]`);
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CliError(`${file}: expected a file that can be read [file-unreadable]`);
  }
}

function parse(name: string, written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return yaml(name, written);
  }
}

/** CloudFormation's YAML, with its short forms such as `!Ref`. */
function yaml(name: string, written: string): unknown {
  const { parse: parseYaml } = lazy.yaml();
  try {
    return parseYaml(written, { customTags: shortForms(), logLevel: 'error', maxAliasCount: 100 });
  } catch {
    throw new CliError(`${name}: expected a template in JSON or YAML, got text that is neither [not-a-document]`);
  }
}

const FUNCTIONS = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAZs', 'GetAtt', 'If', 'ImportValue', 'Join', 'Length', 'Not'],
  ...['Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
];

function shortForms(): (ScalarTag | CollectionTag)[] {
  const { isCollection } = lazy.yaml();
  const names = [
    ...FUNCTIONS.map((name) => [name, `Fn::${name}`] as const),
    ['Ref', 'Ref'],
    ['Condition', 'Condition'],
  ] as const;
  return names.flatMap(([short, long]) => {
    const tag = `!${short}`;
    const collected = (value: unknown) => ({ [long]: isCollection(value) ? (value.toJSON() as unknown) : value });
    return [
      { tag, resolve: (text: string) => ({ [long]: text }) },
      { tag, collection: 'seq' as const, resolve: collected },
      { tag, collection: 'map' as const, resolve: collected },
    ];
  });
}
