import { bomb, cyclic, host, text, whole, type Refusal } from './writing';

export const DOCUMENT: readonly Refusal[] = [
  [
    'text that is not a document',
    () => '[',
    [
      "line 1: expected one YAML or JSON document, got text that can't be read (MISSING_CHAR); check indentation, quotes and brackets there [not-a-document]",
    ],
  ],
  [
    'an empty text',
    () => '',
    [
      'policy document: expected a mapping with policy, name and upstreams, got nothing; see docs/policy-language.md [not-a-document]',
    ],
  ],
  [
    'a text that is only a word',
    () => 'hello',
    [
      'policy document: expected a mapping with policy, name and upstreams, got "hello"; see docs/policy-language.md [not-a-document]',
    ],
  ],
  [
    'two documents in one text',
    () => 'policy: 1\n---\npolicy: 1\n',
    ['line 2: expected one YAML or JSON document, got a second one; one policy a file [not-a-document]'],
  ],
  [
    'a list where the policy belongs',
    () => [],
    [
      'policy document: expected a mapping with policy, name and upstreams, got a list of 0; see docs/policy-language.md [not-a-document]',
    ],
  ],
  [
    'null',
    () => null,
    [
      'policy document: expected a mapping with policy, name and upstreams, got nothing; see docs/policy-language.md [not-a-document]',
    ],
  ],
  [
    'nothing',
    () => undefined,
    [
      'policy document: expected a mapping with policy, name and upstreams, got nothing; see docs/policy-language.md [not-a-document]',
    ],
  ],
  [
    'a number',
    () => 443,
    [
      'policy document: expected a mapping with policy, name and upstreams, got 443; see docs/policy-language.md [not-a-document]',
    ],
  ],
  [
    'more than 1 MiB',
    () => '#'.repeat(1024 * 1024 + 1),
    [
      'policy document: expected at most 1 MiB, got 1048577 characters; split it: one policy a group of agents [document-too-large]',
    ],
  ],
  [
    '5,001 upstreams',
    () => whole({ upstreams: Array.from({ length: 5001 }, (_, i) => host({ host: `h${i}.example.com` })) }),
    ['upstreams: expected at most 5,000, got 5001; split the policy [too-many-upstreams]'],
  ],
  [
    'a value that contains itself',
    () => cyclic(),
    [
      'limits.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds.idleSeconds: expected at most 12 levels and 300000 values, got more, or a value that contains itself; split the policy [too-deep]',
    ],
  ],
  [
    'an alias that contains itself',
    () => 'policy: 1\nname: coder\nupstreams: &a [*a]\n',
    [
      'upstreams[0][0][0][0][0][0][0][0][0][0][0][0]: expected at most 12 levels and 300000 values, got more, or a value that contains itself; split the policy [too-deep]',
    ],
  ],
  [
    'a million entries',
    () => whole({ upstreams: Array.from({ length: 1000000 }, () => 1) }),
    [
      'upstreams[299996]: expected at most 12 levels and 300000 values, got more, or a value that contains itself; split the policy [too-deep]',
    ],
  ],
  [
    'aliases that expand to very much',
    () => bomb(),
    [
      'policy document: expected few aliases, got aliases that expand to very much, or very deep nesting; write the repeated parts out [not-a-document]',
    ],
  ],
  [
    'nesting that is too deep to read',
    () => '['.repeat(100000),
    ['policy document: expected at most 12 levels, got far more brackets or dashes; split the policy [too-deep]'],
  ],
  [
    'a list that claims a thousand million places',
    () => whole({ upstreams: new Array(1000000000) }),
    ['upstreams[0]: expected a value, got nothing; remove the empty place [not-plain-data]'],
  ],
  [
    'a getter, without calling it',
    () =>
      whole({
        get limits() {
          throw new Error('called');
        },
      }),
    ['limits: expected a value, got a getter or setter; write the value itself [not-plain-data]'],
  ],
  [
    'a getter in a list, without calling it',
    () =>
      whole({
        upstreams: Object.defineProperty([], 0, {
          get: () => {
            throw new Error('called');
          },
          enumerable: true,
        }),
      }),
    ['upstreams[0]: expected a value, got a getter or setter; write the value itself [not-plain-data]'],
  ],
  [
    'a proxy whose traps throw',
    () =>
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error('trap');
          },
        },
      ),
    [
      'policy document: expected plain data, got a value that fails when it is read; write the values themselves [not-plain-data]',
    ],
  ],
  [
    'a class instance',
    () => whole({ limits: new Date(0) }),
    [
      'limits: expected a plain mapping, got an instance of a class; write plain data; a token of either CDK is not plain data [not-plain-data]',
    ],
  ],
  [
    'a function',
    () => whole({ limits: () => 1 }),
    ['limits: expected plain data, got a function; write the value itself [not-plain-data]'],
  ],
  [
    'a symbol',
    () => whole({ limits: Symbol('s') }),
    ['limits: expected plain data, got a symbol; write the value itself [not-plain-data]'],
  ],
  [
    'a big integer',
    () => whole({ limits: { idleSeconds: 1n } }),
    ['limits.idleSeconds: expected plain data, got a bigint; write the value itself [not-plain-data]'],
  ],
  [
    'not a number',
    () => whole({ limits: { idleSeconds: NaN } }),
    ['limits.idleSeconds: expected a finite number, got NaN; write the value itself [not-plain-data]'],
  ],
  [
    'YAML infinity',
    () => text('limits: { idleSeconds: .inf }'),
    ['limits.idleSeconds: expected a finite number, got Infinity; write the value itself [not-plain-data]'],
  ],
  [
    'an empty place in a list',
    () => whole({ upstreams: [,] }),
    ['upstreams[0]: expected a value, got nothing; remove the empty place [not-plain-data]'],
  ],
  [
    'a YAML tag',
    () => text('limits: !limits { idleSeconds: 1 }'),
    ['line 4: expected plain values, got a tag such as "!x"; remove it [not-plain-data]'],
  ],
  [
    'a YAML tag of the core schema',
    () => text('limits: { requestBytes: !!str 5 }'),
    ['line 4: expected plain values, got a tag such as "!x"; remove it [not-plain-data]'],
  ],
  [
    'a YAML directive, which would change what words mean',
    () => '%YAML 1.1\n---\npolicy: 1\nname: coder\nupstreams: []\n',
    ['line 1: expected YAML without directives, got a line that begins with "%"; remove it [not-a-document]'],
  ],
  [
    'a YAML merge key',
    () => text('limits: { <<: { idleSeconds: 5 } }'),
    [
      'limits["<<"]: expected one of requestsPerSecond, requestBytes, streamSeconds, idleSeconds, got "<<"; remove it [unknown-key]',
    ],
  ],
  [
    '__proto__ in YAML',
    () => text('__proto__: { limits: 1 }'),
    ['policy document: expected ordinary keys, got "__proto__"; remove it [forbidden-key]'],
  ],
  [
    '__proto__ in JSON',
    () => '{"policy":1,"name":"coder","upstreams":[],"__proto__":{}}',
    ['policy document: expected ordinary keys, got "__proto__"; remove it [forbidden-key]'],
  ],
  [
    '__proto__ in JSON, escaped',
    () => '{"policy":1,"name":"coder","upstreams":[],"__pr\\u006fto__":{}}',
    ['policy document: expected ordinary keys, got "__proto__"; remove it [forbidden-key]'],
  ],
  [
    'constructor as a key',
    () => whole({ limits: { constructor: 1 } }),
    ['limits: expected ordinary keys, got "constructor"; remove it [forbidden-key]'],
  ],
  [
    'prototype as a key',
    () => whole({ limits: { prototype: 1 } }),
    ['limits: expected ordinary keys, got "prototype"; remove it [forbidden-key]'],
  ],
  [
    'a key written twice in YAML',
    () => text('name: other'),
    [
      'line 4: expected each key once in a mapping, got a key that was written before; remove one of them [duplicate-key]',
    ],
  ],
  [
    'a key written twice in JSON',
    () => '{"policy":1,"name":"coder","name":"other","upstreams":[]}',
    [
      'line 1: expected each key once in a mapping, got a key that was written before; remove one of them [duplicate-key]',
    ],
  ],
  [
    'a key written twice in JSON, beside texts that look like keys',
    () => '{"policy":1,"name":"","name":":\\":","upstreams":[]}',
    [
      'line 1: expected each key once in a mapping, got a key that was written before; remove one of them [duplicate-key]',
    ],
  ],
];
