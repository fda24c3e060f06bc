import { whole, type Refusal } from './writing';

export const TOP: readonly Refusal[] = [
  [
    'an unknown key, with the nearest known one',
    () => whole({ upstream: [] }),
    [
      'upstream: expected one of policy, name, upstreams, limits, got "upstream"; did you mean "upstreams"? [unknown-key]',
    ],
  ],
  [
    'an unknown key that resembles none',
    () => whole({ defaults: [] }),
    ['defaults: expected one of policy, name, upstreams, limits, got "defaults"; remove it [unknown-key]'],
  ],
  [
    'an empty key',
    () => whole({ '': 1 }),
    ['[""]: expected one of policy, name, upstreams, limits, got ""; remove it [unknown-key]'],
  ],
  [
    'a version that is not known',
    () => whole({ policy: 2 }),
    ['policy: expected 1, got 2; write `policy: 1` [version-unknown]'],
  ],
  [
    'a version in quotes',
    () => whole({ policy: '1' }),
    ['policy: expected 1, got "1"; write `policy: 1` [version-unknown]'],
  ],
  [
    'no version',
    () => ({ name: 'coder', upstreams: [] }),
    ['policy: expected 1, got nothing; write `policy: 1` [version-unknown]'],
  ],
  [
    'no name',
    () => ({ policy: 1, upstreams: [] }),
    ['name: expected text such as "coder", got nothing; write it [missing-field]'],
  ],
  [
    'no upstreams',
    () => ({ policy: 1, name: 'coder' }),
    ['upstreams: expected a list of upstreams, got nothing; `[]` refuses everything [missing-field]'],
  ],
  [
    'null upstreams, which some would read as all',
    () => whole({ upstreams: null }),
    ['upstreams: expected a value, got null; write the value, or leave the whole field out [wrong-type]'],
  ],
  [
    'upstreams that are a mapping',
    () => whole({ upstreams: {} }),
    ['upstreams: expected a list of upstreams, got a mapping; `[]` refuses everything [wrong-type]'],
  ],
  [
    'a name that is a number',
    () => whole({ name: 5 }),
    [
      'name: expected text such as "coder", got 5; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'an empty name',
    () => whole({ name: '' }),
    [
      'name: expected text such as "coder", got ""; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a name with capitals',
    () => whole({ name: 'Coder' }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "Coder"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a name of 33 characters',
    () => whole({ name: 'a'.repeat(33) }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a name that begins with a digit',
    () => whole({ name: '1a' }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "1a"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a name that ends in a hyphen',
    () => whole({ name: 'a-' }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "a-"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a name that AWS keeps for security groups',
    () => whole({ name: 'sg-coder' }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "sg-coder"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a name that Google keeps for itself',
    () => whole({ name: 'goog-coder' }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "goog-coder"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a name with a line break',
    () => whole({ name: 'a\nb' }),
    [
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "a\\nb"; it becomes part of the names of cloud resources [name-invalid]',
    ],
  ],
  [
    'a text past 8 KiB',
    () => whole({ name: 'a'.repeat(8193) }),
    ['name: expected text of at most 8,192 characters, got 8193 characters; no field is longer [out-of-range]'],
  ],
  [
    'every problem at once',
    () => ({ policy: 0, name: '-', upstreams: [{ host: 'A' }, {}], limits: 5, more: 1 }),
    [
      'more: expected one of policy, name, upstreams, limits, got "more"; remove it [unknown-key]',
      'policy: expected 1, got 0; write `policy: 1` [version-unknown]',
      'name: expected lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32, got "-"; it becomes part of the names of cloud resources [name-invalid]',
      'limits: expected a mapping with requestsPerSecond, requestBytes, streamSeconds, idleSeconds, got 5; write `key: value`, each on a line [wrong-type]',
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "A"; write the whole name; a search domain is never added [host-not-exact]',
      'upstreams[0].rules: expected a list of rules such as "POST /v1/messages", or `any`, got nothing; say what may be asked; `any` must be written out [rules-missing]',
      'upstreams[1]: expected exactly one of `host`, `git`, `use`, got a mapping; a host, a git host or a preset; write one entry for each [entry-unclear]',
    ],
  ],
];
