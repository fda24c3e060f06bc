import { entry, proof, secret, whole, type Refusal } from './writing';

export const FOREIGN: readonly Refusal[] = [
  [
    'a token of AWS CDK',
    () => whole({ name: '${Token[TOKEN.123]}' }),
    [
      'name: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'a list token of AWS CDK',
    () => entry({ addresses: ['#{Token[TOKEN.124]}'] }),
    [
      'upstreams[0].addresses[0]: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'a number token of AWS CDK',
    () => entry({ port: -1.8881545897087626e289 }),
    ['upstreams[0].port: expected a number known now, got a number token; write the value itself [unresolved-token]'],
  ],
  [
    'a token of CDKTF',
    () => entry({ host: 'x.${TfToken[TOKEN.0]}' }),
    [
      'upstreams[0].host: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'a Terraform expression',
    () => entry({ credential: { bearer: '${var.key}' } }),
    [
      'upstreams[0].credential.bearer: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'a Terraform directive',
    () => entry({ ca: '%{ if true }x%{ endif }' }),
    [
      'upstreams[0].ca: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'an escaped template',
    () => entry({ prefix: '/$${x}' }),
    [
      'upstreams[0].prefix: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'a token in a key',
    () => entry({ headers: { set: { '${Token[TOKEN.1]}': 'x' } } }),
    [
      'upstreams[0].headers.set["${Token[TOKEN.1]}"]: expected text known now, got a token or template expression; write the value itself; a policy is checked before anything is deployed [unresolved-token]',
    ],
  ],
  [
    'a lazy value of a CDK',
    () =>
      entry({
        host: new (class Token {
          toString() {
            throw new Error('called');
          }
        })(),
      }),
    [
      'upstreams[0].host: expected a plain mapping, got an instance of a class; write plain data; a token of either CDK is not plain data [not-plain-data]',
    ],
  ],
  [
    'a key of Anthropic',
    () => entry({ credential: { bearer: secret('sk-ant-', 'api03-abcdefgh') } }),
    [
      "upstreams[0].credential.bearer: expected no secret's value, got something shaped like a key (21 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'a key in the name of the policy',
    () => whole({ name: secret('sk-', 'abcdefghijklmnop') }),
    [
      "name: expected no secret's value, got something shaped like a key (19 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'a token of GitHub',
    () =>
      entry({ credential: { header: 'x-api-key', secret: secret('ghp_', 'abcdefghijklmnopqrstuvwxyz0123456789') } }),
    [
      "upstreams[0].credential.secret: expected no secret's value, got something shaped like a key (40 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'an access key of AWS in a wrong place',
    () => entry({ host: secret('AKIA', 'IOSFODNN7EXAMPLE') }),
    [
      "upstreams[0].host: expected no secret's value, got something shaped like a key (20 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'a private key',
    () => entry({ ca: '-----BEGIN ' + 'PRIVATE KEY-----' }),
    [
      "upstreams[0].ca: expected no secret's value, got something shaped like a key (27 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'a JSON web token as a key',
    () => entry({ headers: { set: { [secret('eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0')]: 'x' } } }),
    [
      "upstreams[0].headers.set[text that looks like a secret (40 characters, not shown)]: expected no secret's value, got something shaped like a key (40 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'a user and a password in a URL',
    () => entry({ host: 'https://me:hunter2hunter2@api.example.com' }),
    [
      "upstreams[0].host: expected no secret's value, got something shaped like a key (41 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    '32 hex digits for a name',
    () => proof({ bearer: '0123456789abcdef'.repeat(2) }),
    [
      "upstreams[0].credential.bearer: expected a secret's name, got something shaped like a key (32 characters, not shown); put the value in a secret store and write its name here [secret-value]",
    ],
  ],
  [
    'a UUID for a name',
    () => proof({ bearer: '01234567-89ab-cdef-0123-456789abcdef' }),
    [
      "upstreams[0].credential.bearer: expected a secret's name, got something shaped like a key (36 characters, not shown); put the value in a secret store and write its name here [secret-value]",
    ],
  ],
  [
    'a long mixture of letters and digits for a name',
    () => proof({ bearer: 'q1w2e3r4t5y6u7i8o9p0a1s2d3f4' }),
    [
      "upstreams[0].credential.bearer: expected a secret's name, got something shaped like a key (28 characters, not shown); put the value in a secret store and write its name here [secret-value]",
    ],
  ],
  [
    'a password for a name',
    () => proof({ bearer: 'Hunter2!' }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got text of 8 characters, not shown; a name, never the value [name-invalid]',
    ],
  ],
  [
    'a password for a whole credential',
    () => proof('hunter2'),
    [
      'upstreams[0].credential: expected a mapping with header, bearer, basic, oauth2, sigv4, googleAccessToken, googleIdToken, githubApp, secret, prefix, got text of 7 characters, not shown; see docs/policy-language.md [wrong-type]',
    ],
  ],
  [
    'a password inside a kind',
    () => proof({ basic: 'me:hunter2' }),
    [
      'upstreams[0].credential.basic: expected a mapping with user, secret, got text of 10 characters, not shown; see docs/policy-language.md [wrong-type]',
    ],
  ],
  [
    'a password in the user',
    () => proof({ basic: { user: 'me:hunter2', secret: 'key' } }),
    [
      'upstreams[0].credential.basic.user: expected a user without ":" or spaces, got text of 10 characters, not shown; the password is the secret, which only has a name here [credential-form]',
    ],
  ],
  [
    'a number for a name',
    () => proof({ bearer: 123456 }),
    [
      'upstreams[0].credential.bearer: expected the name of a secret: lower-case letters, digits and "-", at most 63, got a number, not shown; a name, never the value [wrong-type]',
    ],
  ],
  [
    'a value in the header of a credential',
    () => proof({ header: 'x-api-key: hunter2', secret: 'key' }),
    [
      'upstreams[0].credential.header: expected a header name such as "x-api-key", got text of 18 characters, not shown; letters, digits and "-"; the value is the secret, which only has a name here [header-name]',
    ],
  ],
  [
    'a client secret in a token URL',
    () =>
      proof({ oauth2: { tokenUrl: 'https://auth.example.com/t?client_secret=hunter2', clientId: 'a', secret: 'key' } }),
    [
      'upstreams[0].credential.oauth2.tokenUrl: expected an https URL such as "https://auth.example.com/oauth/token", got "https://auth.example.com/t?\\u2026"; a client secret is never sent in clear text, and never beside another one [credential-form]',
    ],
  ],
  [
    'a key in the query of a rule',
    () => entry({ rules: ['GET /v1?key=hunter2'] }),
    [
      'upstreams[0].rules[0]: expected a query without credentials, got a key that looks like a credential; such a request is refused before rules are read; let the proxy send the credential [rule-unreachable]',
    ],
  ],
  [
    'a key in a rule that is not one',
    () => entry({ rules: ['GET https://api.example.com/v1?key=hunter2'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got "GET https://api.example.com/v1?\\u2026"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a key in a query that is not one',
    () => entry({ rules: ['GET /v1?a=hunter2&&'] }),
    [
      'upstreams[0].rules[0]: expected a query of key=value pairs, keys of letters, digits and ._~-, got 11 characters, not shown; write it as the client sends it [rule-query]',
    ],
  ],
  [
    'a long random text',
    () => entry({ prefix: '/x' + 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ' }),
    [
      "upstreams[0].prefix: expected no secret's value, got something shaped like a key (28 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
  [
    'a bearer header written out',
    () => entry({ headers: { set: { 'x-tenant': 'Bearer abcdefghijklmnop' } } }),
    [
      "upstreams[0].headers.set.x-tenant: expected no secret's value, got something shaped like a key (23 characters, not shown); put the value in a secret store and write its name here; replace the key if this document was shared [secret-value]",
    ],
  ],
];
