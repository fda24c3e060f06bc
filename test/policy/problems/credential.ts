import { proof, type Refusal } from './writing';

export const CREDENTIAL: readonly Refusal[] = [
  [
    'a list',
    () => proof([]),
    [
      'upstreams[0].credential: expected a mapping with header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, secret, prefix, got a list of 0; see docs/policy-language.md [wrong-type]',
    ],
  ],
  [
    'an empty mapping',
    () => proof({}),
    [
      'upstreams[0].credential: expected exactly one of header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, got none; write one [credential-unclear]',
    ],
  ],
  [
    'two kinds',
    () => proof({ bearer: 'key', basic: { user: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential: expected exactly one of header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, got bearer and basic; write one [credential-unclear]',
    ],
  ],
  [
    'a secret beside bearer',
    () => proof({ bearer: 'key', secret: 'key' }),
    [
      'upstreams[0].credential: expected no `secret` or `prefix` beside `bearer`, got one; see how `bearer` is written [credential-unclear]',
    ],
  ],
  [
    'a kind that is not known',
    () => proof({ digest: 'key' }),
    [
      'upstreams[0].credential.digest: expected one of header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, secret, prefix, got "digest"; remove it [unknown-key]',
      'upstreams[0].credential: expected exactly one of header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, got none; write one [credential-unclear]',
    ],
  ],
  [
    'an audience of one’s own choice',
    () => proof({ googleIdToken: { audience: 'https://other.example' } }),
    [
      'upstreams[0].credential.googleIdToken.audience: expected nothing inside, got "audience"; remove it [unknown-key]',
    ],
  ],
  [
    'no secret',
    () => proof({ header: 'x-api-key' }),
    [
      'upstreams[0].credential.secret: expected the name of a secret: lower-case letters, digits and "-", at most 63, got nothing; a name, never the value [missing-field]',
    ],
  ],
  [
    'no header',
    () => proof({ secret: 'key' }),
    [
      'upstreams[0].credential: expected exactly one of header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, got none; write one [credential-unclear]',
    ],
  ],
  [
    'a name in capitals',
    () => proof({ bearer: 'Github-Token' }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got text of 12 characters, not shown; a name, never the value [name-invalid]',
    ],
  ],
  [
    'a name of 64 characters',
    () => proof({ bearer: 'z'.repeat(64) }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got text of 64 characters, not shown; a name, never the value [name-invalid]',
    ],
  ],
  [
    'a name with a path in it',
    () => proof({ bearer: '../key' }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got text of 6 characters, not shown; a name, never the value [name-invalid]',
    ],
  ],
  [
    'a name with an underscore',
    () => proof({ bearer: 'github_token' }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got text of 12 characters, not shown; a name, never the value [name-invalid]',
    ],
  ],
  [
    'an empty name',
    () => proof({ bearer: '' }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got text of 0 characters, not shown; a name, never the value [name-invalid]',
    ],
  ],
  [
    'a mapping for a name',
    () => proof({ bearer: { secret: 'key' } }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got a mapping; a name, never the value [wrong-type]',
    ],
  ],
  [
    'the host as its header',
    () => proof({ header: 'host', secret: 'key' }),
    [
      'upstreams[0].credential.header: expected a header that is neither the connection\'s nor the proxy\'s, got "host"; use the header the host documents [header-reserved]',
    ],
  ],
  [
    'a prefix with a line break',
    () => proof({ header: 'x-api-key', secret: 'key', prefix: 'a\r\nb' }),
    [
      'upstreams[0].credential.prefix: expected up to 64 characters of printable ASCII, got text of 4 characters, not shown; only the scheme, such as "Bearer " [credential-form]',
    ],
  ],
  [
    'a basic credential without a user',
    () => proof({ basic: { secret: 'key' } }),
    [
      'upstreams[0].credential.basic.user: expected text such as "x-access-token", got nothing; write it [missing-field]',
    ],
  ],
  [
    'an unknown part',
    () => proof({ basic: { user: 'a', password: 'hunter2', secret: 'key' } }),
    ['upstreams[0].credential.basic.password: expected one of user, secret, got "password"; remove it [unknown-key]'],
  ],
  [
    'a region with a dot',
    () => proof({ sigv4: { service: 'bedrock', region: 'us-east-1.evil' } }),
    [
      'upstreams[0].credential.sigv4.region: expected lower-case letters, digits and "-", got "us-east-1.evil"; as it stands in a signature, such as "bedrock" and "us-east-1" [credential-form]',
    ],
  ],
  [
    'a scope with a space',
    () => proof({ googleAccessToken: { scopes: ['a b'] } }),
    [
      'upstreams[0].credential.googleAccessToken.scopes[0]: expected text such as "https://www.googleapis.com/auth/cloud-platform", got "a b"; no spaces or quotes [credential-form]',
    ],
  ],
  [
    'scopes that are a text',
    () => proof({ googleAccessToken: { scopes: 'a' } }),
    [
      'upstreams[0].credential.googleAccessToken.scopes: expected a list of texts such as "https://www.googleapis.com/auth/cloud-platform", got "a"; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a token URL in clear text',
    () => proof({ oauth2: { tokenUrl: 'http://auth.example.com/t', clientId: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.tokenUrl: expected an https URL such as "https://auth.example.com/oauth/token", got "http://auth.example.com/t"; a client secret is never sent in clear text, and never beside another one [credential-form]',
    ],
  ],
  [
    'a token URL on this machine',
    () => proof({ oauth2: { tokenUrl: 'https://localhost/t', clientId: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.tokenUrl: expected a name outside this machine, got "localhost"; the proxy\'s own machine is never an upstream [host-is-local]',
    ],
  ],
  [
    'a token URL at a metadata address',
    () => proof({ oauth2: { tokenUrl: 'https://169.254.169.254/t', clientId: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.tokenUrl: expected a DNS name, got "169.254.169.254"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'a token URL on a wildcard',
    () => proof({ oauth2: { tokenUrl: 'https://*.example.com/t', clientId: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.tokenUrl: expected an https URL such as "https://auth.example.com/oauth/token", got "https://*.example.com/t"; a client secret is never sent in clear text, and never beside another one [credential-form]',
    ],
  ],
  [
    'a token URL with a port past 65535',
    () => proof({ oauth2: { tokenUrl: 'https://auth.example.com:70000/t', clientId: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.tokenUrl: expected an https URL such as "https://auth.example.com/oauth/token", got "https://auth.example.com:70000/t"; a client secret is never sent in clear text, and never beside another one [credential-form]',
    ],
  ],
  [
    'a client id with a line break',
    () => proof({ oauth2: { tokenUrl: 'https://auth.example.com/t', clientId: 'a\nb', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.clientId: expected printable ASCII, got text of 3 characters, not shown; RFC 6749 admits nothing else [credential-form]',
    ],
  ],
  [
    'an app id that is a number',
    () => proof({ githubApp: { appId: 5, installationId: '6', secret: 'key' } }),
    [
      'upstreams[0].credential.githubApp.appId: expected text such as "12345", got 5; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'an app id with a slash',
    () => proof({ githubApp: { appId: '5/6', installationId: '6', secret: 'key' } }),
    [
      'upstreams[0].credential.githubApp.appId: expected an id such as "12345", got "5/6"; it stands on the app\'s own page, in quotes here [credential-form]',
    ],
  ],
  [
    'a repository of an app with its owner',
    () => proof({ githubApp: { appId: '5', installationId: '6', secret: 'key', repositories: ['acme/web'] } }),
    [
      'upstreams[0].credential.githubApp.repositories[0]: expected text such as "web", got "acme/web"; no spaces or quotes [credential-form]',
    ],
  ],
  [
    'a permission that is no level',
    () => proof({ githubApp: { appId: '5', installationId: '6', secret: 'key', permissions: { contents: 'all' } } }),
    [
      'upstreams[0].credential.githubApp.permissions: expected permissions such as { contents: read }, got "contents": "all"; names and levels are those of GitHub\'s documentation [credential-form]',
    ],
  ],
];
