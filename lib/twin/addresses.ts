/**
 * The link between the cell and the proxy. 192.0.2.0/24 is documentation space (RFC 5737): no allowed name can mean it,
 * so it shadows nothing the policy could list.
 */
export const CELL_LINK = {
  cell: '192.0.2.2',
  /** Base-URL and CONNECT. */
  proxy: '192.0.2.1',
  /** Transparent way: an address of its own, so that upstream ports never meet the two above. */
  transparent: '192.0.2.3',
  prefixLength: 29,
  gatewayPort: 8080,
  forwardPort: 3128,
} as const;

/** What the proxy must not dial unless the policy lists it: private, shared, link-local (metadata) and reserved space. */
export const NEVER_DIALLED = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '224.0.0.0/3',
  ],
  ipv6: [
    '::/128',
    '::1/128',
    '::ffff:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '2002::/16',
    '2001::/32',
    'fc00::/7',
    'fe80::/10',
    'ff00::/8',
  ],
} as const;

/** Ids no account has (above every range that distributions hand out): the proxy's and the command's, apart from each other. */
export const WINDOW_UID = 1_879_000_001;
export const CELL_UID = 1_879_000_002;
