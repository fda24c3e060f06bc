import { entry, type Refusal } from './writing';

export const WILDCARD: readonly Refusal[] = [
  [
    'a star alone',
    () => entry({ host: '*' }),
    [
      'upstreams[0].host: expected an exact name, or "*." before one, got "*"; a wildcard is the whole first label, as in "*.example.com" [wildcard-form]',
    ],
  ],
  [
    'a star inside a label',
    () => entry({ host: 'api*.example.com' }),
    [
      'upstreams[0].host: expected an exact name, or "*." before one, got "api*.example.com"; a wildcard is the whole first label, as in "*.example.com" [wildcard-form]',
    ],
  ],
  [
    'a star that is not first',
    () => entry({ host: 'api.*.com' }),
    [
      'upstreams[0].host: expected an exact name, or "*." before one, got "api.*.com"; a wildcard is the whole first label, as in "*.example.com" [wildcard-form]',
    ],
  ],
  [
    'two stars',
    () => entry({ host: '*.*.example.com' }),
    [
      'upstreams[0].host: expected an exact name, or "*." before one, got "*.*.example.com"; a wildcard is the whole first label, as in "*.example.com" [wildcard-form]',
    ],
  ],
  [
    'a wildcard over a top-level domain',
    () => entry({ host: '*.com' }),
    [
      'upstreams[0].host: expected a wildcard under a name that one owner holds, got "*.com"; anyone can register a name under it; name the hosts [wildcard-public-suffix]',
    ],
  ],
  [
    'a wildcard over a public suffix',
    () => entry({ host: '*.co.uk' }),
    [
      'upstreams[0].host: expected a wildcard under a name that one owner holds, got "*.co.uk"; anyone can register a name under it; name the hosts [wildcard-public-suffix]',
    ],
  ],
  [
    'a wildcard over a suffix where anyone registers',
    () => entry({ host: '*.github.io' }),
    [
      'upstreams[0].host: expected a wildcard under a name that one owner holds, got "*.github.io"; anyone can register a name under it; name the hosts [wildcard-public-suffix]',
    ],
  ],
  [
    'a wildcard above such a suffix',
    () => entry({ host: '*.amazonaws.com' }),
    [
      'upstreams[0].host: expected a wildcard under a name that one owner holds, got "*.amazonaws.com"; anyone can register a name under it; name the hosts [wildcard-public-suffix]',
    ],
  ],
  [
    'a wildcard over nothing',
    () => entry({ host: '*.' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "*."; write the whole name; a search domain is never added [host-not-exact]',
    ],
  ],
  [
    'a wildcard with private addresses',
    () => entry({ host: '*.example.com', addresses: ['10.0.0.0/8'] }),
    ['upstreams[0].addresses: expected "public" for a wildcard, got others; name the hosts [wildcard-addresses]'],
  ],
  [
    'a wildcard with a credential',
    () => entry({ host: '*.example.com', credential: { bearer: 'key' } }),
    [
      'upstreams[0].credential: expected no credential on a wildcard, got one; whoever gets a name under it would be sent the secret; name the hosts [credential-on-wildcard]',
    ],
  ],
  [
    'a wildcard with a prefix',
    () => entry({ host: '*.example.com', prefix: '/x' }),
    [
      'upstreams[0].prefix: expected no prefix on a wildcard, got one; a base-URL request names no host; name it here [prefix-on-wildcard]',
    ],
  ],
];
