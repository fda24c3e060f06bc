import { entry, whole, type Refusal } from './writing';

export const LIMITS: readonly Refusal[] = [
  [
    'no mapping',
    () => whole({ limits: 5 }),
    [
      'limits: expected a mapping with requestsPerSecond, requestBytes, streamSeconds, idleSeconds, got 5; write `key: value`, each on a line [wrong-type]',
    ],
  ],
  [
    'an unknown limit',
    () => whole({ limits: { requests: 5 } }),
    [
      'limits.requests: expected one of requestsPerSecond, requestBytes, streamSeconds, idleSeconds, got "requests"; did you mean "requestBytes"? [unknown-key]',
    ],
  ],
  [
    'zero',
    () => whole({ limits: { requestsPerSecond: 0 } }),
    ['limits.requestsPerSecond: expected a whole number from 1, got 0; leave it out for the default [limit-form]'],
  ],
  [
    'a negative number',
    () => whole({ limits: { idleSeconds: -1 } }),
    ['limits.idleSeconds: expected a whole number from 1, got -1; leave it out for the default [limit-form]'],
  ],
  [
    'a fraction',
    () => whole({ limits: { streamSeconds: 0.5 } }),
    ['limits.streamSeconds: expected a whole number from 1, got 0.5; leave it out for the default [limit-form]'],
  ],
  [
    'a number past 32 bits',
    () => whole({ limits: { idleSeconds: 4294967296 } }),
    ['limits.idleSeconds: expected a whole number from 1, got 4294967296; leave it out for the default [limit-form]'],
  ],
  [
    'a number in quotes',
    () => entry({ limits: { requestsPerSecond: '50' } }),
    [
      'upstreams[0].limits.requestsPerSecond: expected a whole number from 1, got "50"; leave it out for the default [limit-form]',
    ],
  ],
  [
    'a boolean',
    () => entry({ limits: { idleSeconds: true } }),
    [
      'upstreams[0].limits.idleSeconds: expected a whole number from 1, got true; leave it out for the default [limit-form]',
    ],
  ],
  [
    'a size without a unit',
    () => whole({ limits: { requestBytes: '32' } }),
    [
      'limits.requestBytes: expected a size such as "32MiB" or 33554432, below 4 GiB, got "32"; units are B, KB, KiB, MB, MiB, GB and GiB [limit-form]',
    ],
  ],
  [
    'a size with an unknown unit',
    () => whole({ limits: { requestBytes: '32M' } }),
    [
      'limits.requestBytes: expected a size such as "32MiB" or 33554432, below 4 GiB, got "32M"; units are B, KB, KiB, MB, MiB, GB and GiB [limit-form]',
    ],
  ],
  [
    'a size of 4 GiB',
    () => whole({ limits: { requestBytes: '4GiB' } }),
    [
      'limits.requestBytes: expected a size such as "32MiB" or 33554432, below 4 GiB, got "4GiB"; units are B, KB, KiB, MB, MiB, GB and GiB [limit-form]',
    ],
  ],
  [
    'a size that is a list',
    () => whole({ limits: { requestBytes: [1] } }),
    ['limits.requestBytes: expected a whole number from 1, got a list of 1; leave it out for the default [limit-form]'],
  ],
];
