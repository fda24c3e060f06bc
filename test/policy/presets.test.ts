import { checkPolicy, decide, definePolicy, PRESETS, toDocument, type AgentRequest } from '../../lib/policy';

const key = { header: 'x-api-key', secret: 'key' };
const token = { bearer: 'key' };

function policyOf(entry: object) {
  return definePolicy({ policy: 1, name: 'coder', upstreams: [entry] });
}

function reason(entry: object, method: string, url: string, headers: AgentRequest['headers'] = []): string {
  return decide(policyOf(entry), { method, url, headers }).reason;
}

/** Of each preset: how it is written, what it must let through, and what it must refuse and why. */
const CASES: Readonly<Record<string, { entry: object; admits: readonly string[]; refuses: readonly string[] }>> = {
  anthropic: {
    entry: { use: 'anthropic', credential: key },
    admits: [
      'POST https://api.anthropic.com/v1/messages',
      'POST https://api.anthropic.com/v1/messages?beta=true',
      'POST https://api.anthropic.com/v1/messages/count_tokens',
      'GET https://api.anthropic.com/v1/models/example-1',
    ],
    refuses: [
      'path-not-allowed POST https://api.anthropic.com/v1/files',
      'path-not-allowed POST https://api.anthropic.com/v1/messages/batches',
      'path-not-allowed POST https://api.anthropic.com/v1/skills',
      'path-not-allowed GET https://api.anthropic.com/v1/organizations/invites',
      'path-not-allowed POST https://api.anthropic.com/api/event_logging/v2/batch',
      'method-not-allowed GET https://api.anthropic.com/v1/messages',
      'credential-in-query POST https://api.anthropic.com/v1/messages?key=foreign',
    ],
  },
  openai: {
    entry: { use: 'openai', credential: token },
    admits: [
      'POST https://api.openai.com/v1/responses',
      'POST https://api.openai.com/v1/chat/completions',
      'POST https://api.openai.com/v1/embeddings',
      'GET https://api.openai.com/v1/models',
    ],
    refuses: [
      'path-not-allowed POST https://api.openai.com/v1/files',
      'path-not-allowed POST https://api.openai.com/v1/containers',
      'path-not-allowed GET https://api.openai.com/v1/organization/admin_api_keys',
      'method-not-allowed GET https://api.openai.com/v1/responses',
    ],
  },
  bedrock: {
    entry: { use: 'bedrock', with: { region: 'eu-west-1' } },
    admits: [
      'POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/example.model-1/invoke',
      'POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/example.model-1/converse-stream',
      'POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/example.model-1%3A0/converse',
    ],
    refuses: [
      'host-not-listed POST https://bedrock-runtime.us-east-1.amazonaws.com/model/example.model-1/invoke',
      'host-not-listed POST https://bedrock.eu-west-1.amazonaws.com/model-customization-jobs',
      'path-not-allowed POST https://bedrock-runtime.eu-west-1.amazonaws.com/async-invoke',
      'malformed-path POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%2Fother/invoke',
      'credential-in-query POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/example.model-1/invoke?X-Amz-Signature=foreign',
    ],
  },
  vertex: {
    entry: { use: 'vertex', with: { region: 'europe-west1', project: 'acme-prod' } },
    admits: [
      'POST https://europe-west1-aiplatform.googleapis.com/v1/projects/acme-prod/locations/europe-west1/publishers/example/models/m-1:generateContent',
    ],
    refuses: [
      'path-not-allowed POST https://europe-west1-aiplatform.googleapis.com/v1/projects/evil-prod/locations/europe-west1/publishers/example/models/m-1:generateContent',
      'path-not-allowed POST https://europe-west1-aiplatform.googleapis.com/v1/projects/acme-prod/locations/us-east1/publishers/example/models/m-1:generateContent',
      'path-not-allowed POST https://europe-west1-aiplatform.googleapis.com/v1/projects/acme-prod/locations/europe-west1/endpoints/1:predict',
      'host-not-listed POST https://us-east1-aiplatform.googleapis.com/v1/projects/acme-prod/locations/us-east1/publishers/example/models/m-1:generateContent',
    ],
  },
  'github-api': {
    entry: { use: 'github-api', with: { repositories: ['acme/web', 'acme/design'] }, credential: token },
    admits: [
      'GET https://api.github.com/repos/acme/web',
      'GET https://api.github.com/repos/acme/design/issues/1',
      'POST https://api.github.com/repos/acme/web/pulls',
      'POST https://api.github.com/repos/acme/web/issues/1/comments',
    ],
    refuses: [
      'path-not-allowed GET https://api.github.com/repos/evil/web',
      'path-not-allowed GET https://api.github.com/repos/acme/website',
      'path-not-allowed POST https://api.github.com/gists',
      'path-not-allowed POST https://api.github.com/graphql',
      'path-not-allowed POST https://api.github.com/repos/evil/web/issues',
      'method-not-allowed POST https://api.github.com/repos/acme/web/hooks',
      'method-not-allowed PUT https://api.github.com/repos/acme/web/pulls/1/merge',
      'method-not-allowed DELETE https://api.github.com/repos/acme/web',
    ],
  },
  ...Object.fromEntries(
    ['npm', 'pypi', 'maven', 'go-modules'].map((use) => [
      use,
      {
        entry: { use, host: 'packages.example', with: { path: '/mirror/acme' }, credential: token },
        admits: [
          'GET https://packages.example/mirror/acme/left-pad',
          'HEAD https://packages.example/mirror/acme/left-pad/-/left-pad-1.tgz',
        ],
        refuses: [
          'path-not-allowed GET https://packages.example/mirror/evil/left-pad',
          'path-not-allowed GET https://packages.example/mirror/acmex/left-pad',
          'malformed-path GET https://packages.example/mirror/acme/../evil/left-pad',
          'method-not-allowed PUT https://packages.example/mirror/acme/left-pad',
          'method-not-allowed POST https://packages.example/mirror/acme/-/npm/v1/security',
          'host-not-listed GET https://other.example/mirror/acme/left-pad',
        ],
      },
    ]),
  ),
};

test('every preset has its cases', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(PRESETS).sort());
});

describe.each(Object.entries(CASES))('the preset %s', (name, { entry, admits, refuses }) => {
  test.each(admits)('lets through %s', (line) => {
    const [method = '', url = ''] = line.split(' ');
    expect(reason(entry, method, url)).toBe('rule-matched');
  });

  test.each(refuses)('refuses as %s', (line) => {
    const [why, method = '', url = ''] = line.split(' ');
    expect(reason(entry, method, url)).toBe(why);
  });

  test('is a plain document that means the same', () => {
    const policy = policyOf(entry);
    expect(JSON.stringify(toDocument(policy))).not.toContain(`"use":"${name}"`);
    expect(definePolicy(toDocument(policy))).toEqual(policy);
  });
});

describe('tenants', () => {
  const send = (entry: object, header: readonly [string, string]) =>
    reason({ credential: token, ...entry }, 'POST', 'https://api.openai.com/v1/responses', [header]);

  test('a header that selects another organization is refused, and the positive control passes', () => {
    expect(send({ use: 'openai' }, ['OpenAI-Organization', 'org-evil'])).toBe('header-denied');
    expect(send({ use: 'openai' }, ['openai-project', 'proj-evil'])).toBe('header-denied');
    expect(send({ use: 'openai' }, ['accept', '*/*'])).toBe('rule-matched');
  });

  test('a configured organization is set whatever the agent sent', () => {
    const entry = { use: 'openai', with: { organization: 'org-acme' }, credential: token };
    const [upstream] = policyOf(entry).upstreams;
    expect(upstream).toMatchObject({
      headers: { deny: [{ name: 'openai-project' }], set: { 'openai-organization': 'org-acme' } },
    });
  });

  test('headers written beside a preset add to its refusals and take none away', () => {
    const headers = { deny: ['x-mine'], set: { 'x-set': 'yes' } };
    const [upstream] = policyOf({ use: 'openai', credential: token, headers }).upstreams;
    expect(upstream).toMatchObject({
      headers: {
        deny: [{ name: 'openai-organization' }, { name: 'openai-project' }, { name: 'x-mine' }],
        set: { 'x-set': 'yes' },
      },
    });
  });

  test.each([
    'mcp-client-2025-11-20',
    'files-api-2025-04-14',
    'a, code-execution-2025-08-25',
    'WEB-FETCH-2025-09-10',
    'skills-2025-10-02',
  ])('the beta switch %s, which makes the provider act for the agent, is refused', (beta) => {
    const url = 'https://api.anthropic.com/v1/messages';
    const entry = { use: 'anthropic', credential: key };
    expect(reason(entry, 'POST', url, [['anthropic-beta', beta]])).toBe('header-denied');
    expect(reason(entry, 'POST', url, [['anthropic-beta', 'interleaved-thinking-2025-05-14']])).toBe('rule-matched');
  });
});

test('a preset without a region of its own reaches the global host', () => {
  const entry = { use: 'vertex', with: { region: 'global', project: 'acme-prod' } };
  expect(policyOf(entry).upstreams[0]).toMatchObject({ host: 'aiplatform.googleapis.com' });
});

test('models can be listed, and then no other is reached', () => {
  const entry = { use: 'bedrock', with: { region: 'eu-west-1', models: ['example.model-1'] } };
  const at = (model: string) => `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${model}/invoke`;
  expect(reason(entry, 'POST', at('example.model-1'))).toBe('rule-matched');
  expect(reason(entry, 'POST', at('example.model-2'))).toBe('path-not-allowed');
});

test('presets of clouds prove themselves with the identity of the proxy; another credential can be written', () => {
  const bedrock = { use: 'bedrock', with: { region: 'eu-west-1' } };
  expect(policyOf(bedrock).upstreams[0]).toMatchObject({
    credential: { kind: 'sigv4', service: 'bedrock', region: 'eu-west-1' },
  });
  expect(policyOf({ ...bedrock, credential: token }).upstreams[0]).toMatchObject({ credential: { kind: 'header' } });
});

test('a preset can be given another host, and keeps its rules', () => {
  const entry = { use: 'anthropic', host: 'api.model.example', credential: key };
  expect(reason(entry, 'POST', 'https://api.model.example/v1/messages')).toBe('rule-matched');
  expect(reason(entry, 'POST', 'https://api.model.example/v1/files')).toBe('path-not-allowed');
});

test('no preset names the host of a package registry', () => {
  const registries = ['npm', 'pypi', 'maven', 'go-modules'];
  expect(registries.map((name) => PRESETS[name]?.host)).toEqual([undefined, undefined, undefined, undefined]);
  expect(
    registries.map((use) => checkPolicy({ policy: 1, name: 'a', upstreams: [{ use }] }).problems[0]?.code),
  ).toEqual(registries.map(() => 'preset-setting'));
});
