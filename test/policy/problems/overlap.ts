import { host, whole, type Refusal } from './writing';

export const OVERLAP: readonly Refusal[] = [
  [
    'one host with two credentials',
    () => whole({ upstreams: [host({ credential: { bearer: 'a' } }), host({ credential: { bearer: 'b' } })] }),
    [
      'upstreams[1]: expected the same credential and options as upstreams[0], which covers api.example.com:443 too, got others; write one entry for the host, or make the options equal [overlap]',
    ],
  ],
  [
    'one host with and without a credential',
    () => whole({ upstreams: [host({ credential: { bearer: 'a' } }), host({ rules: ['GET /x'] })] }),
    [
      'upstreams[1]: expected the same credential and options as upstreams[0], which covers api.example.com:443 too, got others; write one entry for the host, or make the options equal [overlap]',
    ],
  ],
  [
    'one host intercepted and passed through',
    () => whole({ upstreams: [host({}), { host: 'api.example.com', tls: 'passthrough' }] }),
    [
      'upstreams[1]: expected the same credential and options as upstreams[0], which covers api.example.com:443 too, got others; write one entry for the host, or make the options equal [overlap]',
    ],
  ],
  [
    'one host with two limits',
    () => whole({ upstreams: [host({ limits: { requestsPerSecond: 1 } }), host({})] }),
    [
      'upstreams[1]: expected the same credential and options as upstreams[0], which covers api.example.com:443 too, got others; write one entry for the host, or make the options equal [overlap]',
    ],
  ],
  [
    'a host and a git host that differ',
    () =>
      whole({
        upstreams: [
          host({}),
          { git: 'api.example.com', repositories: [{ name: 'a/b', clone: true }], credential: { bearer: 'key' } },
        ],
      }),
    [
      'upstreams[1]: expected the same credential and options as upstreams[0], which covers api.example.com:443 too, got others; write one entry for the host, or make the options equal [overlap]',
    ],
  ],
];
