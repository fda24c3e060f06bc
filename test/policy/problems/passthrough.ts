import { entry, type Refusal } from './writing';

export const PASSTHROUGH: readonly Refusal[] = [
  [
    'a credential on bytes that are not seen',
    () => entry({ tls: 'passthrough', rules: undefined, credential: { bearer: 'key' } }),
    [
      'upstreams[0].credential: expected no credential beside `tls: passthrough`, got one; nothing can be injected into bytes that are forwarded unseen; use `tls: intercept` [credential-on-passthrough]',
    ],
  ],
  [
    'rules on bytes that are not seen',
    () => entry({ tls: 'passthrough' }),
    [
      'upstreams[0].rules: expected nothing that needs the bytes to be seen, got `rules` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
    ],
  ],
  [
    'headers on bytes that are not seen',
    () => entry({ tls: 'passthrough', rules: undefined, headers: {} }),
    [
      'upstreams[0].headers: expected nothing that needs the bytes to be seen, got `headers` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
    ],
  ],
  [
    'a prefix on bytes that are not seen',
    () => entry({ tls: 'passthrough', rules: undefined, prefix: '/x' }),
    [
      'upstreams[0].prefix: expected nothing that needs the bytes to be seen, got `prefix` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
    ],
  ],
  [
    'an authority on bytes that are not seen',
    () => entry({ tls: 'passthrough', rules: undefined, ca: 'x' }),
    [
      'upstreams[0].ca: expected nothing that needs the bytes to be seen, got `ca` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
    ],
  ],
  [
    'the rest of what needs the bytes',
    () => entry({ tls: 'passthrough', rules: undefined, agentCredentials: 'keep', websocket: true, response: {} }),
    [
      'upstreams[0].agentCredentials: expected nothing that needs the bytes to be seen, got `agentCredentials` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
      'upstreams[0].websocket: expected nothing that needs the bytes to be seen, got `websocket` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
      'upstreams[0].response: expected nothing that needs the bytes to be seen, got `response` beside `tls: passthrough`; remove it, or use `tls: intercept` [passthrough-option]',
    ],
  ],
];
