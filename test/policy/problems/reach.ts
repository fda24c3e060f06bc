import { entry, host, whole, type Refusal } from './writing';

export const REACH: readonly Refusal[] = [
  [
    'a credential where everything is allowed',
    () => entry({ rules: 'any', credential: { bearer: 'key' } }),
    [
      'upstreams[0].rules: expected rules beside a credential, got `any`; list what may be asked with the secret [credential-without-rules]',
    ],
  ],
  [
    'a credential where everything is allowed, written out',
    () => entry({ rules: ['GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS /**'], credential: { bearer: 'key' } }),
    [
      'upstreams[0].rules: expected rules beside a credential, got `any`; list what may be asked with the secret [credential-without-rules]',
    ],
  ],
  [
    'a credential for every repository of a shared host',
    () =>
      whole({
        upstreams: [
          { git: 'github.com', credential: { bearer: 'key' }, repositories: [{ name: '*/web', clone: true }] },
        ],
      }),
    [
      'upstreams[0].repositories: expected a rule that names the tenant on github.com, got "git-clone */web refs"; begin the path with your own account, repository or bucket [tenant-open]',
      'upstreams[0].repositories: expected a rule that names the tenant on github.com, got "git-clone */web"; begin the path with your own account, repository or bucket [tenant-open]',
    ],
  ],
  [
    'a credential for everything on a shared host',
    () => entry({ host: 'gitlab.com', rules: ['GET /**'], credential: { bearer: 'key' } }),
    [
      'upstreams[0].rules: expected a rule that names the tenant on gitlab.com, got "GET /**"; begin the path with your own account, repository or bucket [tenant-open]',
    ],
  ],
  [
    'a credential for every repository of the API',
    () =>
      entry({
        host: 'api.github.com',
        rules: ['POST /repos/*/*/issues', 'GET /repos/**', 'GET /*/acme', 'GET /user', 'GET /repos/acme/**'],
        credential: { bearer: 'key' },
      }),
    [
      'upstreams[0].rules: expected a rule that names the tenant on api.github.com, got "POST /repos/*/*/issues"; begin the path with your own account, repository or bucket [tenant-open]',
      'upstreams[0].rules: expected a rule that names the tenant on api.github.com, got "GET /repos/**"; begin the path with your own account, repository or bucket [tenant-open]',
    ],
  ],
  [
    'a credential for every bucket',
    () => entry({ host: 's3.eu-west-1.amazonaws.com', rules: ['PUT /*/x'], credential: { bearer: 'key' } }),
    [
      'upstreams[0].rules: expected a rule that names the tenant on s3.eu-west-1.amazonaws.com, got "PUT /*/x"; begin the path with your own account, repository or bucket [tenant-open]',
    ],
  ],
  [
    "keeping the agent's own credential beside one",
    () => entry({ agentCredentials: 'keep', credential: { bearer: 'key' } }),
    [
      'upstreams[0].agentCredentials: expected "strip" beside a credential, got "keep"; two credentials on one request let the agent choose; remove one of them [keep-with-credential]',
    ],
  ],
  [
    'another word for keep',
    () => entry({ agentCredentials: 'pass' }),
    [
      'upstreams[0].agentCredentials: expected "strip" or "keep", got "pass"; "strip" unless the agent has a credential of its own [wrong-type]',
    ],
  ],
  [
    'a boolean for keep',
    () => entry({ agentCredentials: true }),
    [
      'upstreams[0].agentCredentials: expected "strip" or "keep", got true; "strip" unless the agent has a credential of its own [wrong-type]',
    ],
  ],
  [
    'a prefix without a slash',
    () => entry({ prefix: 'x' }),
    [
      'upstreams[0].prefix: expected a plain path such as "/anthropic", got "x"; lower case, no trailing slash [prefix-form]',
    ],
  ],
  [
    'a prefix with a trailing slash',
    () => entry({ prefix: '/x/' }),
    [
      'upstreams[0].prefix: expected a plain path such as "/anthropic", got "/x/"; lower case, no trailing slash [prefix-form]',
    ],
  ],
  [
    'a prefix with a dot segment',
    () => entry({ prefix: '/x/..' }),
    [
      'upstreams[0].prefix: expected a plain path such as "/anthropic", got "/x/.."; lower case, no trailing slash [prefix-form]',
    ],
  ],
  [
    'a prefix with capitals',
    () => entry({ prefix: '/X' }),
    [
      'upstreams[0].prefix: expected a plain path such as "/anthropic", got "/X"; lower case, no trailing slash [prefix-form]',
    ],
  ],
  [
    'the same prefix twice',
    () => whole({ upstreams: [host({ prefix: '/x' }), host({ host: 'b.example.com', prefix: '/x' })] }),
    [
      'upstreams[1].prefix: expected a prefix of its own, got "/x" beside "/x" of upstreams[0]; choose another [prefix-taken]',
    ],
  ],
  [
    'a prefix under another',
    () =>
      whole({
        upstreams: [
          host({ prefix: '/x/y' }),
          host({ host: 'b.example.com', prefix: '/x-y' }),
          host({ host: 'c.example.com', prefix: '/x' }),
        ],
      }),
    [
      'upstreams[0].prefix: expected a prefix of its own, got "/x/y" beside "/x" of upstreams[2]; choose another [prefix-taken]',
    ],
  ],
  [
    'an authority with a bad name',
    () => entry({ ca: '../roots' }),
    [
      'upstreams[0].ca: expected the name of an authority: lower-case letters, digits and "-", at most 63, got "../roots"; leave it out for the public roots [name-invalid]',
    ],
  ],
  [
    'an authority called public',
    () => entry({ ca: 'public' }),
    [
      'upstreams[0].ca: expected the name of an authority: lower-case letters, digits and "-", at most 63, got "public"; leave it out for the public roots [name-invalid]',
    ],
  ],
  [
    'a flag in quotes',
    () => entry({ websocket: 'true' }),
    ['upstreams[0].websocket: expected true or false, got "true"; write it without quotes [wrong-type]'],
  ],
  [
    'a flag as a number',
    () => entry({ websocket: 1 }),
    ['upstreams[0].websocket: expected true or false, got 1; write it without quotes [wrong-type]'],
  ],
  [
    'scrubbing as a word',
    () => entry({ response: { scrub: 'yes' } }),
    ['upstreams[0].response.scrub: expected true or false, got "yes"; write it without quotes [wrong-type]'],
  ],
  [
    'a response that is no mapping',
    () => entry({ response: false }),
    [
      'upstreams[0].response: expected a mapping with scrub, got false; write `key: value`, each on a line [wrong-type]',
    ],
  ],
];
