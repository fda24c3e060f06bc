import Ajv from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPolicy, decide, definePolicy } from '../../lib/policy';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'examples/policies');
const read = (path: string) => readFileSync(path, 'utf8');
const validate = new Ajv().compile(JSON.parse(read(join(ROOT, 'schemas/policy.schema.json'))));

/** What each example is for: a request it lets through, and one beside it that it doesn't, with the reason. */
const MEANS: Readonly<Record<string, readonly string[]>> = {
  'minimal.yaml': [
    'rule-matched POST https://api.model.example/v1/messages',
    'path-not-allowed POST https://api.model.example/v1/files',
    'host-not-listed GET https://other.example/',
  ],
  'coder.yaml': [
    'rule-matched POST https://api.anthropic.com/v1/messages?beta=true',
    'rule-matched POST https://api.github.com/repos/acme/web/pulls',
    'path-not-allowed POST https://api.github.com/gists',
    'rule-matched POST https://github.com/acme/web.git/git-receive-pack',
    'path-not-allowed POST https://github.com/acme/design.git/git-receive-pack',
    'query-not-allowed GET https://github.com/acme/design.git/info/refs?service=git-receive-pack',
    'passthrough GET https://npm.packages.example/@acme%2fweb',
  ],
  'models.yaml': [
    'rule-matched POST https://api.openai.com/v1/responses',
    'rule-matched POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/example.model-1%3A0/converse-stream',
    'path-not-allowed POST https://europe-west1-aiplatform.googleapis.com/v1/projects/evil/locations/europe-west1/publishers/p/models/m:predict',
  ],
  'packages.yaml': [
    'rule-matched GET https://packages.example/python/acme/simple/left-pad/',
    'path-not-allowed GET https://packages.example/python/evil/simple/left-pad/',
    'method-not-allowed PUT https://packages.example/maven/acme/x.jar',
  ],
  'internal-service.yaml': [
    'rule-matched GET https://search.corp.example:8443/v1/search?q=a',
    'host-not-listed GET https://search.corp.example/v1/search?q=a',
    'credential-in-query GET https://search.corp.example:8443/v1/search?token=a',
  ],
  'git-branches.yaml': [
    'rule-matched GET https://git.example.com/acme/other/info/refs?service=git-upload-pack',
    'query-not-allowed GET https://git.example.com/acme/other/info/refs?service=git-receive-pack',
    'rule-matched POST https://git.example.com/acme/web/git-receive-pack',
  ],
};

test('every example is read here', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(MEANS).sort());
});

describe.each(Object.entries(MEANS))('%s', (name, lines) => {
  const text = read(join(FOLDER, name));

  test('is sound, and an editor is told of the schema, which admits it', () => {
    const { parse } = jest.requireActual<typeof import('yaml')>('yaml');
    expect(checkPolicy(text).problems).toEqual([]);
    expect(validate(parse(text)) || validate.errors).toBe(true);
    expect(text.split('\n', 1)).toEqual(['# yaml-language-server: $schema=../../schemas/policy.schema.json']);
  });

  test.each(lines)('means %s', (line) => {
    const [reason, method = '', url = ''] = line.split(' ');
    expect(decide(definePolicy(text), { method, url }).reason).toBe(reason);
  });
});

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);
/** Every policy in a page: a `yaml` block with a version. */
const BLOCKS = PAGES.flatMap((page) => {
  const blocks = [...read(join(ROOT, page)).matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  return blocks
    .filter((block) => /^policy: /m.test(block))
    .map((block, index) => [`${page}, policy ${index + 1}`, block] as const);
});

test.each(BLOCKS)('%s is sound', (_, block) => {
  expect(checkPolicy(block).problems).toEqual([]);
});

test('the page of the language has only whole policies', () => {
  const page = read(join(ROOT, 'docs/policy-language.md'));
  const mine = BLOCKS.filter(([name]) => name.startsWith('docs/policy-language.md'));
  expect(mine.length).toBeGreaterThan(8);
  expect(page.match(/^```yaml$/gm)?.length).toBe(mine.length);
});

test('the page of the language names every field, preset and setting', () => {
  const page = read(join(ROOT, 'docs/policy-language.md'));
  const words = [...read(join(ROOT, 'schemas/policy.schema.json')).matchAll(/^ +"([A-Za-z]+)": \{$/gm)].map(
    (match) => match[1] ?? '',
  );
  const shapes = [
    'properties',
    'definitions',
    'items',
    'if',
    'then',
    'else',
    'additionalProperties',
    'propertyNames',
    'preset',
  ];
  const named = words.filter((word) => !shapes.includes(word));
  expect(named.length).toBeGreaterThan(40);
  expect([...new Set(named)].filter((word) => !page.includes(word))).toEqual([]);
});
