import { entry, type Refusal } from './writing';

export const HEADERS: readonly Refusal[] = [
  [
    'no mapping',
    () => entry({ headers: ['x-tenant'] }),
    [
      'upstreams[0].headers: expected a mapping with deny, set, got a list of 1; write `key: value`, each on a line [wrong-type]',
    ],
  ],
  [
    'an unknown key',
    () => entry({ headers: { remove: [] } }),
    ['upstreams[0].headers.remove: expected one of deny, set, got "remove"; remove it [unknown-key]'],
  ],
  [
    'a text for a list',
    () => entry({ headers: { deny: 'x-tenant' } }),
    [
      'upstreams[0].headers.deny: expected a list of texts such as "x-tenant", got "x-tenant"; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a number in a list',
    () => entry({ headers: { deny: [5] } }),
    [
      'upstreams[0].headers.deny: expected a list of texts such as "x-tenant", got a list of 1; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a list for a mapping',
    () => entry({ headers: { set: ['x: y'] } }),
    [
      'upstreams[0].headers.set: expected a mapping of names to texts, got a list of 1; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a number for a value',
    () => entry({ headers: { set: { 'x-tenant': 5 } } }),
    [
      'upstreams[0].headers.set: expected a mapping of names to texts, got a mapping; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a space in a name',
    () => entry({ headers: { deny: ['X Key'] } }),
    [
      'upstreams[0].headers.deny[0]: expected a header name such as "x-tenant", got "x key"; letters, digits and "-"; some servers read "_" as "-" [header-name]',
    ],
  ],
  [
    'an underscore in a name',
    () => entry({ headers: { set: { x_tenant: 'a' } } }),
    [
      'upstreams[0].headers.set.x_tenant: expected a header name such as "x-tenant", got "x_tenant"; letters, digits and "-"; some servers read "_" as "-" [header-name]',
    ],
  ],
  [
    'a pseudo-header',
    () => entry({ headers: { deny: [':path'] } }),
    [
      'upstreams[0].headers.deny[0]: expected a header name such as "x-tenant", got ""; letters, digits and "-"; some servers read "_" as "-" [header-name]',
    ],
  ],
  [
    'the host',
    () => entry({ headers: { set: { Host: 'evil.example' } } }),
    [
      'upstreams[0].headers.set.Host: expected a header that is neither the connection\'s nor the proxy\'s, got "host"; the proxy itself judges and writes it [header-reserved]',
    ],
  ],
  [
    "the connection's own",
    () => entry({ headers: { deny: ['connection'] } }),
    [
      'upstreams[0].headers.deny[0]: expected a header that is neither the connection\'s nor the proxy\'s, got "connection"; the proxy itself judges and writes it [header-reserved]',
    ],
  ],
  [
    "Envoy's own",
    () => entry({ headers: { set: { 'x-envoy-retry-on': '5xx' } } }),
    [
      'upstreams[0].headers.set.x-envoy-retry-on: expected a header that is neither the connection\'s nor the proxy\'s, got "x-envoy-retry-on"; the proxy itself judges and writes it [header-reserved]',
    ],
  ],
  [
    'a header that holds a credential',
    () => entry({ headers: { set: { Authorization: 'a' } } }),
    [
      'upstreams[0].headers.set.Authorization: expected a header that proves nothing, got "Authorization"; use `credential`, which names a secret [header-reserved]',
    ],
  ],
  [
    "a vendor's header that holds a credential",
    () => entry({ headers: { set: { 'x-vault-token': 'a' } } }),
    [
      'upstreams[0].headers.set.x-vault-token: expected a header that proves nothing, got "x-vault-token"; use `credential`, which names a secret [header-reserved]',
    ],
  ],
  [
    'the header of the credential',
    () => entry({ credential: { header: 'x-proof', secret: 'key' }, headers: { set: { 'X-Proof': 'a' } } }),
    [
      'upstreams[0].headers.set.X-Proof: expected a header that proves nothing, got "X-Proof"; use `credential`, which names a secret [header-reserved]',
    ],
  ],
  [
    'one header in two cases',
    () => entry({ headers: { set: { 'x-a': 'a', 'X-A': 'b' } } }),
    [
      'upstreams[0].headers.set.X-A: expected each header once, got one that differs only in case; remove it [duplicate-key]',
    ],
  ],
  [
    'a line break in a value',
    () => entry({ headers: { set: { 'x-a': 'a\r\nx-b: c' } } }),
    [
      'upstreams[0].headers.set.x-a: expected printable ASCII without "%", got a value of 9 characters; remove the other characters [header-value]',
    ],
  ],
  [
    'a command of Envoy in a value',
    () => entry({ headers: { set: { 'x-a': '%REQ(x)%' } } }),
    [
      'upstreams[0].headers.set.x-a: expected printable ASCII without "%", got a value of 8 characters; remove the other characters [header-value]',
    ],
  ],
  [
    'an empty pattern',
    () => entry({ headers: { deny: ['x-a:'] } }),
    [
      'upstreams[0].headers.deny[0]: expected a value of printable ASCII without ",", got ""; each item between commas is compared alone; leave the colon out to refuse every value [header-value]',
    ],
  ],
  [
    'a comma in a pattern, which nothing could match',
    () => entry({ headers: { deny: ['x-a: b,c'] } }),
    [
      'upstreams[0].headers.deny[0]: expected a value of printable ASCII without ",", got "b,c"; each item between commas is compared alone; leave the colon out to refuse every value [header-value]',
    ],
  ],
];
