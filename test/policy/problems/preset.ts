import { preset, whole, type Refusal } from './writing';

export const PRESET: readonly Refusal[] = [
  [
    'a name that is nearly one',
    () => preset('antropic'),
    [
      'upstreams[0].use: expected one of anthropic, openai, bedrock, vertex, github-api, npm, pypi, maven, go-modules, got "antropic"; did you mean "anthropic"? [preset-unknown]',
    ],
  ],
  [
    'a name that is none',
    () => preset('bitcoin'),
    [
      'upstreams[0].use: expected one of anthropic, openai, bedrock, vertex, github-api, npm, pypi, maven, go-modules, got "bitcoin"; write the entry out with `host` [preset-unknown]',
    ],
  ],
  [
    'a name of every object',
    () => preset('constructor'),
    [
      'upstreams[0].use: expected one of anthropic, openai, bedrock, vertex, github-api, npm, pypi, maven, go-modules, got "constructor"; write the entry out with `host` [preset-unknown]',
    ],
  ],
  [
    'a number for a name',
    () => whole({ upstreams: [{ use: 5 }] }),
    [
      'upstreams[0].use: expected text such as "anthropic", got 5; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a mirror without its host',
    () => preset('npm'),
    [
      'upstreams[0].host: expected the host of your mirror, got nothing; write `host: packages.example.com` [preset-setting]',
    ],
  ],
  [
    'a mirror with a path that leaves it',
    () => preset('pypi', { host: 'packages.example', with: { path: '/a/../b' } }),
    [
      'upstreams[0].with.path: expected text such as "/npm/acme", got "/a/../b"; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'settings of a preset without any',
    () => preset('anthropic', { credential: { bearer: 'key' }, with: { region: 'x' } }),
    ['upstreams[0].with: expected no settings for this preset, got some; remove `with` [preset-setting]'],
  ],
  [
    'a setting the preset does not have',
    () => preset('bedrock', { with: { region: 'eu-west-1', project: 'x' } }),
    ['upstreams[0].with.project: expected one of region, models, got "project"; remove it [unknown-key]'],
  ],
  [
    'a setting that is missing',
    () => preset('bedrock'),
    [
      'upstreams[0].with.region: expected text such as "eu-west-1", got nothing; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'a region that is another host',
    () => preset('bedrock', { with: { region: 'x.evil.example/' } }),
    [
      'upstreams[0].with.region: expected text such as "eu-west-1", got "x.evil.example/"; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'a region that is a list',
    () => preset('bedrock', { with: { region: ['eu-west-1'] } }),
    [
      'upstreams[0].with.region: expected text such as "eu-west-1", got a list of 1; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'a model that is another path',
    () => preset('bedrock', { with: { region: 'eu-west-1', models: ['a/../../b'] } }),
    [
      'upstreams[0].with.models[0]: expected text such as "example.model-1", got "a/../../b"; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'an empty list of models',
    () => preset('bedrock', { with: { region: 'eu-west-1', models: [] } }),
    [
      'upstreams[0].with.models: expected text such as "example.model-1", got an empty list; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'a project that is a wildcard, which would open the tenant',
    () => preset('vertex', { with: { region: 'europe-west1', project: '*' } }),
    [
      'upstreams[0].with.project: expected text such as "acme-prod", got "*"; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'a repository that is a wildcard',
    () => preset('github-api', { with: { repositories: ['acme/*'] } }),
    [
      'upstreams[0].with.repositories[0]: expected text such as "acme/web", got "acme/*"; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'a repository that is an owner',
    () => preset('github-api', { with: { repositories: 'acme' } }),
    [
      'upstreams[0].with.repositories: expected text such as "acme/web", got "acme"; docs/policy-language.md lists the settings [preset-setting]',
    ],
  ],
  [
    'rules of its own',
    () => preset('anthropic', { rules: ['GET /'] }),
    [
      'upstreams[0].rules: expected one of use, host, with, port, prefix, credential, addresses, ca, headers, response, limits, got "rules"; remove it [unknown-key]',
    ],
  ],
  [
    'another organization by a header',
    () =>
      preset('openai', { with: { organization: 'org-acme' }, headers: { set: { 'OpenAI-Organization': 'org-evil' } } }),
    [
      'upstreams[0].headers.set.OpenAI-Organization: expected another header, got "OpenAI-Organization"; the tenant is a setting of the preset: write it in `with` [header-reserved]',
      'upstreams[0].headers.set.openai-organization: expected each header once, got one that differs only in case; remove it [duplicate-key]',
    ],
  ],
  [
    'a wildcard for its host, with a credential',
    () => preset('anthropic', { host: '*.example.com', prefix: '/x', credential: { bearer: 'key' } }),
    [
      'upstreams[0].credential: expected no credential on a wildcard, got one; whoever gets a name under it would be sent the secret; name the hosts [credential-on-wildcard]',
      'upstreams[0].prefix: expected no prefix on a wildcard, got one; a base-URL request names no host; name it here [prefix-on-wildcard]',
    ],
  ],
];
