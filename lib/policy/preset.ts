import type { Fields } from './fields';
import { nearest, show } from './problem';

/** What a preset writes for you: a plain `host` entry's fields. */
export interface Preset {
  /** undefined: the caller gives it. `{region}` and the like are taken from `with`. */
  readonly host?: string;
  readonly prefix?: string;
  readonly rules: readonly string[];
  readonly deny?: readonly string[];
  /** Settings that `with` must give. */
  readonly settings?: readonly string[];
  /** The credential where none is written, from the settings. */
  readonly credential?: (settings: Readonly<Record<string, string>>) => unknown;
}

const READ_ONLY = ['GET,HEAD /**'];

/**
 * The presets. Beta switches that make a provider fetch for the agent or keep files are refused, and so are headers that
 * select another tenant (C-05). No registry's host is named: the caller gives it.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  anthropic: {
    host: 'api.anthropic.com',
    prefix: '/anthropic',
    rules: ['POST /v1/messages', 'POST /v1/messages/count_tokens', 'GET /v1/models', 'GET /v1/models/*'],
    deny: [
      'anthropic-beta: mcp-client*',
      'anthropic-beta: files-api*',
      'anthropic-beta: code-execution*',
      'anthropic-beta: web-fetch*',
    ],
  },
  openai: {
    host: 'api.openai.com',
    prefix: '/openai',
    rules: [
      'POST /v1/chat/completions',
      'POST /v1/responses',
      'POST /v1/embeddings',
      'GET /v1/models',
      'GET /v1/models/*',
    ],
    deny: ['openai-organization', 'openai-project'],
  },
  bedrock: {
    host: 'bedrock-runtime.{region}.amazonaws.com',
    prefix: '/bedrock',
    rules: [
      'POST /model/*/invoke',
      'POST /model/*/invoke-with-response-stream',
      'POST /model/*/converse',
      'POST /model/*/converse-stream',
    ],
    settings: ['region'],
    credential: ({ region = '' }) => ({ sigv4: { service: 'bedrock', region } }),
  },
  vertex: {
    host: '{region}-aiplatform.googleapis.com',
    prefix: '/vertex',
    rules: ['POST /v1/projects/{project}/locations/{region}/publishers/*/models/*'],
    deny: ['x-goog-user-project'],
    settings: ['region', 'project'],
    credential: () => ({ googleAccessToken: {} }),
  },
  'github-api': {
    host: 'api.github.com',
    prefix: '/github',
    rules: [
      'GET /repos/{repository}/**',
      'POST /repos/{repository}/pulls',
      'POST /repos/{repository}/issues',
      'POST /repos/{repository}/issues/*/comments',
    ],
    settings: ['repository'],
  },
  npm: { rules: READ_ONLY },
  pypi: { rules: READ_ONLY },
  maven: { rules: READ_ONLY },
  'go-modules': { rules: READ_ONLY },
};

/** The `host` entry a preset entry stands for, or undefined with a problem. */
export function expandPreset(entry: Fields): Readonly<Record<string, unknown>> | undefined {
  const name = entry.text('use', 'anthropic');
  if (name === undefined) return undefined;
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset === undefined) {
    const near = nearest(name, Object.keys(PRESETS));
    entry.findings.add(
      'preset-unknown',
      entry.at('use'),
      `one of ${Object.keys(PRESETS).join(', ')}`,
      show(name),
      near === undefined ? undefined : `did you mean "${near}"?`,
    );
    return undefined;
  }
  const settings = entry.mapping('with');
  const needed = preset.settings ?? [];
  for (const key of needed.filter((wanted) => !/^[A-Za-z0-9._/-]+$/.test(settings[wanted] ?? ''))) {
    entry.findings.add(
      'preset-setting',
      entry.at('with'),
      `\`${key}\` for the preset ${name}`,
      show(settings[key]),
      `write \`with: { ${key}: … }\``,
    );
  }
  for (const key of Object.keys(settings).filter((given) => !needed.includes(given))) {
    entry.findings.add(
      'preset-setting',
      entry.at('with'),
      needed.length === 0 ? 'no settings' : `only ${needed.join(', ')}`,
      show(key),
      'remove it',
    );
  }
  if (preset.host === undefined && !entry.has('host')) {
    entry.findings.add(
      'preset-setting',
      entry.at('host'),
      `the host of your mirror for the preset ${name}`,
      'nothing',
      'write `host: packages.example.com`',
    );
    return undefined;
  }
  const fill = (text: string) => text.replace(/\{([a-z]+)\}/g, (_, key: string) => settings[key] ?? key);
  const kept = ['port', 'prefix', 'credential', 'addresses', 'ca', 'headers', 'response', 'limits'].filter((key) =>
    entry.has(key),
  );
  return {
    host: entry.raw('host') ?? fill(preset.host ?? ''),
    ...(preset.prefix === undefined ? {} : { prefix: preset.prefix }),
    rules: preset.rules.map(fill),
    ...(preset.deny === undefined ? {} : { headers: { deny: preset.deny } }),
    ...(preset.credential === undefined ? {} : { credential: preset.credential(settings) }),
    ...Object.fromEntries(kept.map((key) => [key, entry.raw(key)])),
  };
}
