import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { prefixOf, WAYS } from '../faults/ways';
import { allowed, refused, type Cases } from './table';

/** Never dialled, whatever a policy lists; by label of the name that answers with it. */
export const NEVER: Readonly<Record<string, string>> = {
  loopback: '127.0.0.1',
  'loopback-far': '127.200.0.9',
  'loopback-six': '::1',
  'link-local': '169.254.7.7',
  metadata: '169.254.169.254',
  'metadata-tasks': '169.254.170.2',
  'metadata-alibaba': '100.100.100.200',
  'metadata-azure': '168.63.129.16',
  'metadata-aws-six': 'fd00:ec2::254',
  'metadata-google-six': 'fd20:ce::254',
  nat64: '64:ff9b::a9fe:a9fe',
  'nat64-local': '64:ff9b:1::a9fe:a9fe',
  'six-to-four': '2002:a9fe:a9fe::1',
  teredo: '2001:0:a9fe:a9fe::1',
};
/** IPv4 inside IPv6: Envoy's IPv6 sockets take no such address, so the filter is the first of two walls. */
export const MAPPED: Readonly<Record<string, string>> = {
  'mapped-loopback': '::ffff:7f00:1',
  'mapped-metadata': '::ffff:a9fe:a9fe',
};
/** Dialled only where a policy lists them. */
export const PRIVATE: Readonly<Record<string, string>> = {
  ten: '10.66.0.9',
  'one-seven-two': '172.20.0.9',
  'one-nine-two': '192.168.66.9',
  shared: '100.64.0.9',
  unique: 'fd12::9',
};
/** Addresses of the internal service's block and just outside it. */
export const LISTED = '10.20.255.9';
const BESIDE = '10.21.0.9';
export const SIX = '2001:db8::10';
/** Every private block at once: the widest list a policy can have. */
const WIDE = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

export const host = (label: string) => `${label}.up.example`;

/** Names of upstreams that take public addresses, with what DNS says of them. */
export const PUBLIC_NAMES: Readonly<Record<string, readonly string[]>> = {
  good: [UPSTREAM_ADDRESS],
  'good-six': [SIX],
  'both-good': [UPSTREAM_ADDRESS, SIX],
  'four-good-six-bad': [UPSTREAM_ADDRESS, 'fd12::9'],
  'four-bad-six-good': ['10.66.0.9', SIX],
  'both-bad': ['10.66.0.9', 'fd12::9'],
  'bad-then-good': ['10.66.0.9', UPSTREAM_ADDRESS],
  'good-then-bad': [UPSTREAM_ADDRESS, '169.254.169.254'],
  nothing: [],
  ...listOf({ ...NEVER, ...MAPPED, ...PRIVATE }, ''),
};
/** The same of upstreams that list `WIDE`. */
export const WIDE_NAMES = {
  ...listOf({ ...NEVER, ...MAPPED, ...PRIVATE, public: UPSTREAM_ADDRESS, 'public-six': SIX }, 'wide-'),
  'wide-six-to-never': ['fd12::9', 'fd20:ce::254'],
};
/** The same of an internal service in 10.20.0.0/16. */
export const NARROW_NAMES = {
  'narrow-inside': [LISTED],
  'narrow-beside': [BESIDE],
  'narrow-public': [UPSTREAM_ADDRESS],
  'narrow-both': [BESIDE, LISTED],
};

const upstream = (label: string, addresses?: readonly string[]) => ({
  host: host(label),
  ca: 'lab',
  prefix: prefixOf(host(label)),
  credential: { bearer: 'key' },
  rules: ['GET /v1/messages'],
  ...(addresses === undefined ? {} : { addresses }),
});
export const REBINDING = host('rebinding');
export const WILD = 'wild.example';
const opaque = Object.keys({ ...NEVER, ...MAPPED, ...PRIVATE });
export const OPAQUE_LABELS = [...opaque, 'good'];
export const SECRET = 'canary-address-0123456789';

export const SETTING = {
  document: {
    policy: 1,
    name: 'addresses',
    upstreams: [
      ...Object.keys(PUBLIC_NAMES).map((label) => upstream(label)),
      ...Object.keys(WIDE_NAMES).map((label) => upstream(label, WIDE)),
      ...Object.keys(NARROW_NAMES).map((label) => upstream(label, ['10.20.0.0/16'])),
      ...OPAQUE_LABELS.map((label) => ({ host: host(`opaque-${label}`), tls: 'passthrough' })),
      upstream('rebinding'),
      upstream('ready'),
      { host: `*.${WILD}`, ca: 'lab', rules: ['GET /v1/messages'] },
    ],
  },
  secrets: new Map([['key', SECRET]]),
  ready: { host: host('ready') },
};

/** Which names are reached, and at which address. */
export const REACHED: Readonly<Record<string, string>> = {
  good: UPSTREAM_ADDRESS,
  'good-six': SIX,
  'both-good': UPSTREAM_ADDRESS,
  'four-good-six-bad': UPSTREAM_ADDRESS,
  'bad-then-good': UPSTREAM_ADDRESS,
  'good-then-bad': UPSTREAM_ADDRESS,
  ...Object.fromEntries(Object.entries(PRIVATE).map(([label, address]) => [`wide-${label}`, address])),
  'wide-six-to-never': 'fd12::9',
  'narrow-inside': LISTED,
  'narrow-both': LISTED,
};
const UNREACHABLE = ['nothing'];

/** Every name over every way. */
export const CASES: Cases = Object.fromEntries(
  Object.keys({ ...PUBLIC_NAMES, ...WIDE_NAMES, ...NARROW_NAMES }).flatMap((label) =>
    WAYS.map((way) => [
      `a name that leads to ${label}, ${way}`,
      {
        ask: { host: host(label), way },
        expected:
          label in REACHED
            ? allowed
            : refused(503, UNREACHABLE.includes(label) ? 'upstream-unreachable' : 'address-not-public'),
      },
    ]),
  ),
);

function listOf(addresses: Readonly<Record<string, string>>, prefix: string): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(addresses).map(([label, address]) => [prefix + label, [address]]));
}
