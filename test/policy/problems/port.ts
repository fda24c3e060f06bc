import { entry, type Refusal } from './writing';

export const PORT: readonly Refusal[] = [
  [
    'port 0',
    () => entry({ port: 0 }),
    ['upstreams[0].port: expected a whole number from 1 to 65535, got 0; leave it out for 443 [port-out-of-range]'],
  ],
  [
    'port 65536',
    () => entry({ port: 65536 }),
    ['upstreams[0].port: expected a whole number from 1 to 65535, got 65536; leave it out for 443 [port-out-of-range]'],
  ],
  [
    'a negative port',
    () => entry({ port: -1 }),
    ['upstreams[0].port: expected a whole number from 1 to 65535, got -1; leave it out for 443 [port-out-of-range]'],
  ],
  [
    'a port with a fraction',
    () => entry({ port: 443.5 }),
    ['upstreams[0].port: expected a whole number from 1 to 65535, got 443.5; leave it out for 443 [port-out-of-range]'],
  ],
  [
    'a port in quotes',
    () => entry({ port: '443' }),
    [
      'upstreams[0].port: expected a whole number from 1 to 65535, got "443"; write it without quotes [port-out-of-range]',
    ],
  ],
  [
    'a null port',
    () => entry({ port: null }),
    ['upstreams[0].port: expected a value, got null; write the value, or leave the whole field out [wrong-type]'],
  ],
  [
    'TLS turned off',
    () => entry({ tls: 'off' }),
    [
      'upstreams[0].tls: expected "intercept" or "passthrough", got "off"; verification can\'t be turned off [wrong-type]',
    ],
  ],
  [
    'TLS as a boolean',
    () => entry({ tls: false }),
    [
      'upstreams[0].tls: expected "intercept" or "passthrough", got false; verification can\'t be turned off [wrong-type]',
    ],
  ],
  [
    'a field of another kind of entry',
    () => entry({ repositories: [] }),
    [
      'upstreams[0].repositories: expected one of host, tls, rules, agentCredentials, websocket, port, prefix, credential, addresses, ca, headers, response, limits, got "repositories"; remove it [unknown-key]',
    ],
  ],
];
