/** A setting of a preset, given in `with`. */
export interface PresetSetting {
  readonly description: string;
  readonly example: string;
  /** Whole match; keeps a setting from becoming another path, host or header. */
  readonly form: RegExp;
  /** @default - must be given */
  readonly otherwise?: string;
  /** A list may be given: each item makes the rules that name it. @default false */
  readonly many?: boolean;
}

/** What a preset writes for you: a plain `host` entry's fields, with `{setting}` where a setting goes. */
export interface Preset {
  readonly description: string;
  /** undefined: the caller gives it. */
  readonly host?: string;
  readonly prefix?: string;
  readonly rules: readonly string[];
  readonly deny?: readonly string[];
  /** Header set to a setting's value when it is given; refused from the agent when it isn't. */
  readonly tenant?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, PresetSetting>>;
  /** The credential where none is written. */
  readonly credential?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const WORD = /^[A-Za-z0-9._-]{1,128}$/;
const MODEL: PresetSetting = {
  description: 'Models that may be asked, as they stand in the path.',
  example: 'example.model-1',
  form: /^(?:\*|[A-Za-z0-9][A-Za-z0-9._-]{0,255})$/,
  otherwise: '*',
  many: true,
};
const MIRROR = {
  rules: ['GET,HEAD {path}/**'],
  settings: {
    path: {
      description: 'Path of your repository on the mirror, where one host serves several.',
      example: '/npm/acme',
      form: /^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/,
      otherwise: '',
    },
  },
} as const;

/**
 * The presets. Beta switches that make a provider fetch for the agent or keep files are refused, and so are headers
 * that select another tenant (C-05). No registry's host is named: the caller gives it.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  anthropic: {
    description:
      'Messages, token counting and the list of models. Files, batches, skills and remote tools stay closed.',
    host: 'api.anthropic.com',
    prefix: '/anthropic',
    rules: ['POST /v1/messages', 'POST /v1/messages/count_tokens', 'GET /v1/models', 'GET /v1/models/*'],
    deny: ['code-execution', 'files-api', 'mcp-client', 'skills', 'web-fetch', 'web-search'].map(
      (beta) => `anthropic-beta: ${beta}-*`,
    ),
  },
  openai: {
    description: 'Responses, chat completions, embeddings and the list of models, for one organization and project.',
    host: 'api.openai.com',
    prefix: '/openai',
    rules: [
      'POST /v1/chat/completions',
      'POST /v1/responses',
      'POST /v1/embeddings',
      'GET /v1/models',
      'GET /v1/models/*',
    ],
    tenant: { 'openai-organization': 'organization', 'openai-project': 'project' },
    settings: {
      organization: { description: 'The organization billed.', example: 'org-acme', form: WORD, otherwise: '' },
      project: { description: 'The project billed.', example: 'proj-acme', form: WORD, otherwise: '' },
    },
  },
  bedrock: {
    description: 'Invocation of models in one region, signed for the account of the proxy.',
    host: 'bedrock-runtime.{region}.amazonaws.com',
    prefix: '/bedrock',
    rules: [
      'POST /model/{models}/invoke',
      'POST /model/{models}/invoke-with-response-stream',
      'POST /model/{models}/converse',
      'POST /model/{models}/converse-stream',
    ],
    settings: {
      region: { description: 'The region.', example: 'eu-west-1', form: /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$/ },
      models: MODEL,
    },
    credential: { sigv4: { service: 'bedrock', region: '{region}' } },
  },
  vertex: {
    description: 'Models of publishers, in one project and region.',
    host: '{region}-aiplatform.googleapis.com',
    prefix: '/vertex',
    rules: ['POST /v1/projects/{project}/locations/{region}/publishers/*/models/*'],
    deny: ['x-goog-user-project'],
    settings: {
      region: { description: 'The region.', example: 'europe-west1', form: /^(?:global|[a-z]+-[a-z]+[0-9]{1,2})$/ },
      project: { description: 'The project.', example: 'acme-prod', form: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/ },
    },
    credential: { googleAccessToken: {} },
  },
  'github-api': {
    description: 'Reading of some repositories, and pull requests, issues and comments in them.',
    host: 'api.github.com',
    prefix: '/github',
    rules: [
      'GET /repos/{repositories}',
      'GET /repos/{repositories}/**',
      'POST /repos/{repositories}/pulls',
      'POST /repos/{repositories}/pulls/*/comments',
      'POST /repos/{repositories}/issues',
      'POST /repos/{repositories}/issues/*/comments',
    ],
    settings: {
      repositories: {
        description: 'The repositories, each as owner/name.',
        example: 'acme/web',
        form: /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/,
        many: true,
      },
    },
  },
  npm: { description: 'Reading from a mirror of npm packages.', ...MIRROR },
  pypi: { description: 'Reading from a mirror of Python packages.', ...MIRROR },
  maven: { description: 'Reading from a mirror of Maven artefacts.', ...MIRROR },
  'go-modules': { description: 'Reading from a mirror of Go modules.', ...MIRROR },
};
