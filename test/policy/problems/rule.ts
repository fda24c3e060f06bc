import { entry, type Refusal } from './writing';

export const RULE: readonly Refusal[] = [
  [
    'no rules',
    () => entry({ rules: undefined }),
    [
      'upstreams[0].rules: expected a list of rules such as "POST /v1/messages", or `any`, got nothing; say what may be asked; `any` must be written out [rules-missing]',
    ],
  ],
  [
    'an empty list of rules',
    () => entry({ rules: [] }),
    [
      'upstreams[0].rules: expected a list of rules such as "POST /v1/messages", or `any`, got a list of 0; say what may be asked; `any` must be written out [rules-missing]',
    ],
  ],
  [
    'null for rules',
    () => entry({ rules: null }),
    ['upstreams[0].rules: expected a value, got null; write the value, or leave the whole field out [wrong-type]'],
  ],
  [
    'a word other than any',
    () => entry({ rules: 'all' }),
    [
      'upstreams[0].rules: expected a list of rules such as "POST /v1/messages", or `any`, got "all"; say what may be asked; `any` must be written out [rules-missing]',
    ],
  ],
  [
    'more than 1,000 rules',
    () => entry({ rules: Array.from({ length: 1001 }, (_, i) => `GET /${i}`) }),
    ['upstreams[0].rules: expected at most 1000 rules, got 1001; widen some with `*` or `/**` [out-of-range]'],
  ],
  [
    'a number for a rule',
    () => entry({ rules: [5] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got 5; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a mapping for a rule',
    () => entry({ rules: [{ GET: '/v1' }] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got a mapping; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a path without a method',
    () => entry({ rules: ['/v1/messages'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got "/v1/messages"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a method without a path',
    () => entry({ rules: ['GET'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got "GET"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a path without a slash',
    () => entry({ rules: ['GET v1'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got "GET v1"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a space in the path',
    () => entry({ rules: ['GET /v1 /x'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got "GET /v1 /x"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a space before the method',
    () => entry({ rules: [' GET /v1'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got " GET /v1"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a line break after the path',
    () => entry({ rules: ['GET /v1\n'] }),
    [
      'upstreams[0].rules[0]: expected a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*", got "GET /v1\\n"; one method list, one space, one path that begins with "/" [rule-form]',
    ],
  ],
  [
    'a method in lower case',
    () => entry({ rules: ['get /v1'] }),
    [
      'upstreams[0].rules[0]: expected methods among GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, got "get"; did you mean GET? [rule-method]',
    ],
  ],
  [
    'a star for the method',
    () => entry({ rules: ['* /v1'] }),
    [
      'upstreams[0].rules[0]: expected methods among GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, got "*"; CONNECT, TRACE and others are never forwarded [rule-method]',
    ],
  ],
  [
    'CONNECT',
    () => entry({ rules: ['CONNECT /v1'] }),
    [
      'upstreams[0].rules[0]: expected methods among GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, got "CONNECT"; CONNECT, TRACE and others are never forwarded [rule-method]',
    ],
  ],
  [
    'TRACE among others',
    () => entry({ rules: ['GET,TRACE /v1'] }),
    [
      'upstreams[0].rules[0]: expected methods among GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, got "TRACE"; CONNECT, TRACE and others are never forwarded [rule-method]',
    ],
  ],
  [
    'an empty method',
    () => entry({ rules: ['GET, /v1'] }),
    [
      'upstreams[0].rules[0]: expected methods among GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, got ""; CONNECT, TRACE and others are never forwarded [rule-method]',
    ],
  ],
  [
    'a dot segment',
    () => entry({ rules: ['GET /v1/../x'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got ".."; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a single dot',
    () => entry({ rules: ['GET /./x'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "."; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a doubled slash',
    () => entry({ rules: ['GET /v1//x'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got ""; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'an escape',
    () => entry({ rules: ['GET /v1%2fx'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v1%2fx"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a parameter',
    () => entry({ rules: ['GET /v1;x=1'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v1;x=1"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a backslash',
    () => entry({ rules: ['GET /v1\\x'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v1\\\\x"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a fragment',
    () => entry({ rules: ['GET /v1#x'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v1#x"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a letter outside ASCII',
    () => entry({ rules: ['GET /v\u00e9'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v\\u00e9"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a star inside a segment',
    () => entry({ rules: ['GET /v*'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v*"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'two stars that are not last',
    () => entry({ rules: ['GET /**/x'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "**"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'characters of an expression',
    () => entry({ rules: ['GET /v[12]'] }),
    [
      'upstreams[0].rules[0]: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got "v[12]"; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a query with a fragment',
    () => entry({ rules: ['GET /v1?a=b#c'] }),
    [
      'upstreams[0].rules[0]: expected a query of key=value pairs, keys of letters, digits and ._~-, got 5 characters, not shown; write it as the client sends it [rule-query]',
    ],
  ],
  [
    'a query with an escaped key',
    () => entry({ rules: ['GET /v1?k%65y=1'] }),
    [
      'upstreams[0].rules[0]: expected a query of key=value pairs, keys of letters, digits and ._~-, got 7 characters, not shown; write it as the client sends it [rule-query]',
    ],
  ],
  [
    'a query with an empty pair',
    () => entry({ rules: ['GET /v1?a=1&&b=2'] }),
    [
      'upstreams[0].rules[0]: expected a query of key=value pairs, keys of letters, digits and ._~-, got 8 characters, not shown; write it as the client sends it [rule-query]',
    ],
  ],
  [
    'a pinned query that names a credential, which no request may carry',
    () => entry({ rules: ['GET /v1?x-amz-signature=1'] }),
    [
      'upstreams[0].rules[0]: expected a query without credentials, got a key that looks like a credential; such a request is refused before rules are read; let the proxy send the credential [rule-unreachable]',
    ],
  ],
  [
    'a pinned query that changes the method',
    () => entry({ rules: ['GET /v1?_method=DELETE'] }),
    [
      'upstreams[0].rules[0]: expected a query without credentials, got a key that looks like a credential; such a request is refused before rules are read; let the proxy send the credential [rule-unreachable]',
    ],
  ],
];
