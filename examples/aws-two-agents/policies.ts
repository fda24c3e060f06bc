import { definePolicy } from '../../lib/policy';

const MODEL = {
  host: 'api.anthropic.com',
  prefix: '/anthropic',
  credential: { header: 'x-api-key', secret: 'anthropic-key' },
  rules: ['POST /v1/messages'],
};

/** Reads and writes code; sees no packages. */
export const coder = definePolicy({
  policy: 1,
  name: 'coder',
  upstreams: [
    MODEL,
    {
      git: 'git.example.com',
      credential: { basic: { user: 'x-access-token', secret: 'git-token' } },
      repositories: [{ name: 'acme/web', clone: true, push: true }],
    },
  ],
});

/** Asks the model only. */
export const writer = definePolicy({ policy: 1, name: 'writer', upstreams: [MODEL] });
