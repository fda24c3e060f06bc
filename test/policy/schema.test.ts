import Ajv from 'ajv';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPolicy, definePolicy, PRESETS, toDocument } from '../../lib/policy';
import { withJunk } from './change';
import { documents } from './generate';
import { entry, git, preset, proof, repository, whole } from './problems/writing';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly { readonly if: Schema; readonly then: Schema }[];
  readonly items?: Schema;
  readonly const?: unknown;
  readonly $ref?: string;
}

const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../schemas/policy.schema.json'), 'utf8')) as Schema;
const validate = new Ajv({ allErrors: true }).compile(SCHEMA);
const PRESET_ENTRIES: Readonly<Record<string, object>> = {
  anthropic: {},
  openai: { with: { organization: 'org-acme' } },
  bedrock: { with: { region: 'eu-west-1', models: ['example.model-1'] } },
  vertex: { with: { region: 'global', project: 'acme-prod' } },
  'github-api': { with: { repositories: 'acme/web' } },
  npm: { host: 'packages.example', with: { path: '/npm' } },
  pypi: { host: 'packages.example' },
  maven: { host: 'packages.example', port: 8443 },
  'go-modules': { host: 'packages.example', credential: { bearer: 'key' } },
};

/** The fields the reader knows at a place, as it says itself when it is given one it doesn't. */
function known(document: object): readonly string[] {
  const problem = checkPolicy(document).problems.find(({ code }) => code === 'unknown-key');
  return (
    /expected one of (.*), got "unknown"/
      .exec(problem?.message ?? '')?.[1]
      ?.split(', ')
      .sort() ?? []
  );
}

function fields(schema: Schema | undefined): readonly string[] {
  const inside = schema?.anyOf?.flatMap(fields) ?? [];
  return [...new Set([...Object.keys(schema?.properties ?? {}), ...inside])].sort();
}

function at(...path: readonly string[]): Schema | undefined {
  return path.reduce<Schema | undefined>(
    (schema, key) => {
      const found =
        schema?.properties?.[key] ??
        schema?.anyOf?.map((one) => one.properties?.[key]).find((one) => one !== undefined);
      return found?.$ref === undefined ? found : SCHEMA.definitions?.[found.$ref.split('/').at(-1) ?? ''];
    },
    SCHEMA.definitions?.[path[0] ?? ''] === undefined ? SCHEMA : { properties: SCHEMA.definitions },
  );
}

const unknown = 1;
const kinds = ['basic', 'oauth2', 'sigv4', 'googleAccessToken', 'githubApp'];
test.each<[string, object, Schema | undefined]>([
  ['a document', whole({ unknown }), SCHEMA],
  ['a host entry', entry({ unknown }), at('host')],
  ['a git entry', git({ unknown }), at('git')],
  ['a repository', repository({ unknown }), at('git', 'repositories')?.items],
  ['a preset entry', preset('npm', { unknown }), at('preset')],
  ['limits', whole({ limits: { unknown } }), at('limits')],
  ['headers', entry({ headers: { unknown } }), at('headers')],
  ['a response', entry({ response: { unknown } }), at('host', 'response')],
  ['a credential', proof({ unknown }), at('credential')],
  ...kinds.map((kind): [string, object, Schema | undefined] => [
    kind,
    proof({ [kind]: { unknown } }),
    at('credential', kind),
  ]),
])('the schema and the reader know the same fields of %s', (_, document, schema) => {
  expect(fields(schema)).toEqual(known(document));
  expect(fields(schema)).not.toEqual([]);
});

test('the schema and the reader know the same presets and the same settings of each', () => {
  const uses = at('preset', 'use')?.anyOf?.map((one) => [one.const, one.description]);
  expect(uses).toEqual(Object.entries(PRESETS).map(([name, { description }]) => [name, description]));
  const settings = at('preset')?.allOf?.map((rule) => [
    rule.if.properties?.['use']?.const,
    fields(rule.then.properties?.['with']),
  ]);
  expect(settings).toEqual(
    Object.entries(PRESETS).map(([name, one]) => [name, Object.keys(one.settings ?? {}).sort()]),
  );
});

test('every field has a description', () => {
  const silent = (schema: Schema | undefined, path: string): string[] => {
    const below = Object.entries(schema?.properties ?? {}).flatMap(([key, field]) => {
      const bare = field.description === undefined && field.$ref === undefined && !kinds.includes(key);
      // `false` refuses a field where another entry describes it.
      return typeof field === 'boolean'
        ? []
        : [...(bare ? [`${path}.${key}`] : []), ...silent(field, `${path}.${key}`)];
    });
    return [
      ...below,
      ...(schema?.anyOf ?? []).flatMap((one) => silent(one, path)),
      ...(schema?.items ? silent(schema.items, path) : []),
    ];
  };
  const everything = [SCHEMA, ...Object.values(SCHEMA.definitions ?? {})];
  expect(everything.flatMap((schema, i) => silent(schema, String(i)))).toEqual([]);
});

test('the schema admits every document that is sound, and its normal form', () => {
  fc.assert(
    fc.property(documents, (document) => {
      for (const one of [document, toDocument(definePolicy(document))]) {
        if (!validate(JSON.parse(JSON.stringify(one)))) throw new Error(JSON.stringify(validate.errors));
      }
    }),
    { numRuns: 100 },
  );
});

test.each(Object.keys(PRESETS))('the schema and the reader admit the preset %s', (use) => {
  const document = preset(use, PRESET_ENTRIES[use] ?? {});
  expect(checkPolicy(document).problems).toEqual([]);
  expect(validate(document) || validate.errors).toBe(true);
});

test('what the schema refuses the reader refuses too', () => {
  const junk = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      0.5,
      4294967296,
      true,
      [],
      {},
      [[]],
      { a: 1 },
      '*',
      '/',
      'x',
      'any',
      'http://x',
      'GET /',
    ),
    fc.string(),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const presets = fc.constantFrom(...Object.entries(PRESET_ENTRIES)).map(([use, fields_]) => preset(use, fields_));
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof(documents, presets), fc.infiniteStream(fc.nat()), junk, (document, numbers, value) => {
      const changed: unknown = JSON.parse(
        JSON.stringify(withJunk(document, value, () => Number(numbers.next().value))) ?? 'null',
      );
      if (validate(changed)) return;
      refused += 1;
      expect(checkPolicy(changed).problems).not.toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect(refused).toBeGreaterThan(100);
});

test.each<[string, object]>([
  ['a misspelt key', entry({ rule: [] })],
  ['an intercepted host without rules', entry({ rules: undefined })],
  ['rules on a passthrough', entry({ tls: 'passthrough' })],
  ['a credential on a passthrough', entry({ tls: 'passthrough', rules: undefined, credential: { bearer: 'key' } })],
  ['two kinds of credential', proof({ bearer: 'key', basic: { user: 'a', secret: 'key' } })],
  ['a secret with capitals', proof({ bearer: 'Key' })],
  ['a mirror without its host', preset('npm')],
  ['a region that is missing', preset('bedrock')],
  ['a method in lower case', entry({ rules: ['get /'] })],
  ['a git entry without repositories', git({ repositories: undefined })],
])('an editor with the schema shows %s', (_, document) => {
  expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
});
