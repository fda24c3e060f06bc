import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CollectionTag, ScalarTag } from 'yaml';
import type { TemplateInput } from '../proof';
import { CliError } from './exits';
import { lazy } from './layers';
import { fileFault, isDirectory, readText } from './read-text';
import type { Terminal } from './terminal';

/** A template with where it was read from. */
export interface ReadTemplate extends TemplateInput {
  /** As it was named on the command line, or below a directory that was. */
  readonly path: string;
  readonly text: string;
}

const TEMPLATE = {
  what: 'a template or a directory of templates',
  unreadable: 'template-unreadable',
  most: 64 * 1024 * 1024,
  tooLarge: 'template-too-large',
};

/**
 * Reads templates: files of JSON or YAML, `-` for standard input, directories such as `cdk.out` or `cdktf.out` for every
 * template in them.
 * @throws CliError when a path isn't there or isn't a document.
 */
export async function readTemplates(paths: readonly string[], terminal: Terminal): Promise<readonly ReadTemplate[]> {
  const found: ReadTemplate[] = [];
  for (const path of paths) {
    if (path === '-') found.push(read('stdin', await readText(path, TEMPLATE, terminal)));
    else for (const file of await filesOf(path)) found.push(read(file, await readText(file, TEMPLATE, terminal)));
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

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await isDirectory(path))) return [path];
  const inside = filesBelow(path);
  const templates = inside.filter((name) => name.endsWith('.template.json') || basename(name) === 'cdk.tf.json').sort();
  if (templates.length === 0)
    throw new CliError(
      `${path}: expected a directory with *.template.json or cdk.tf.json, such as cdk.out or cdktf.out, got none [no-templates]`,
    );
  return templates.map((name) => join(path, name));
}

function filesBelow(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new CliError(
      `${directory}: expected a directory that can be read, got ${fileFault(error)} [template-unreadable]`,
    );
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
  const { parseDocument, YAMLParseError } = lazy.yaml();
  try {
    const document = parseDocument(written, { customTags: shortForms(), logLevel: 'error', merge: true });
    const [error] = document.errors;
    if (error) throw error;
    const unresolved = document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
    // Taken for its argument, a function that nobody knows would be a value that is known.
    if (unresolved)
      throw new CliError(
        `${name}: expected short forms of CloudFormation, got one at line ${unresolved.linePos?.[0].line ?? 0} that isn’t known: write it as Fn::… [short-form-unknown]`,
      );
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof CliError) throw error;
    const at = error instanceof YAMLParseError && error.linePos ? `, line ${error.linePos[0].line}` : '';
    throw new CliError(`${name}${at}: expected a template in JSON or YAML, got text that is neither [not-a-document]`);
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
