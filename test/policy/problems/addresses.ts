import { entry, type Refusal } from './writing';

export const ADDRESSES: readonly Refusal[] = [
  [
    'a word',
    () => entry({ addresses: 'private' }),
    [
      'upstreams[0].addresses: expected "public" or a list such as ["10.20.0.0/16"], got "private"; leave it out for public addresses [addresses-form]',
    ],
  ],
  [
    'an empty list',
    () => entry({ addresses: [] }),
    [
      'upstreams[0].addresses: expected "public" or a list such as ["10.20.0.0/16"], got a list of 0; leave it out for public addresses [addresses-form]',
    ],
  ],
  [
    'a single text',
    () => entry({ addresses: '10.0.0.0/8' }),
    [
      'upstreams[0].addresses: expected "public" or a list such as ["10.20.0.0/16"], got "10.0.0.0/8"; leave it out for public addresses [addresses-form]',
    ],
  ],
  [
    'a number',
    () => entry({ addresses: [10] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got 10; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'no length',
    () => entry({ addresses: ['10.0.0.1'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "10.0.0.1"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'host bits',
    () => entry({ addresses: ['10.0.0.1/8'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "10.0.0.1/8"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'an octet past 255',
    () => entry({ addresses: ['10.0.0.256/32'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "10.0.0.256/32"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'octal',
    () => entry({ addresses: ['10.0.010.0/24'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "10.0.010.0/24"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'a length past 32',
    () => entry({ addresses: ['10.0.0.0/33'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "10.0.0.0/33"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'a length with a zero before it',
    () => entry({ addresses: ['10.0.0.0/08'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "10.0.0.0/08"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'a public range',
    () => entry({ addresses: ['8.8.8.0/24'] }),
    [
      'upstreams[0].addresses[0]: expected a CIDR inside 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7, got "8.8.8.0/24"; public addresses need no list [addresses-not-private]',
    ],
  ],
  [
    'everything',
    () => entry({ addresses: ['0.0.0.0/0'] }),
    [
      'upstreams[0].addresses[0]: expected a CIDR inside 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7, got "0.0.0.0/0"; public addresses need no list [addresses-not-private]',
    ],
  ],
  [
    'everything in IPv6',
    () => entry({ addresses: ['::/0'] }),
    [
      'upstreams[0].addresses[0]: expected a CIDR inside 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7, got "::/0"; public addresses need no list [addresses-not-private]',
    ],
  ],
  [
    'more than the private half of IPv6',
    () => entry({ addresses: ['fc00::/6'] }),
    [
      'upstreams[0].addresses[0]: expected a CIDR inside 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7, got "fc00::/6"; public addresses need no list [addresses-not-private]',
    ],
  ],
  [
    'a range wider than the private one',
    () => entry({ addresses: ['172.16.0.0/11'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "172.16.0.0/11"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'loopback',
    () => entry({ addresses: ['127.0.0.0/8'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "127.0.0.0/8"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    'loopback in IPv6',
    () => entry({ addresses: ['::1/128'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "::1/128"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    'link-local',
    () => entry({ addresses: ['169.254.0.0/16'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "169.254.0.0/16"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    'link-local in IPv6',
    () => entry({ addresses: ['fe80::/10'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "fe80::/10"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    "AWS's metadata in IPv6",
    () => entry({ addresses: ['fd00:ec2::254/128'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "fd00:ec2::254/128"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    "Google's metadata in IPv6",
    () => entry({ addresses: ['fd20:ce::254/128'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "fd20:ce::254/128"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    'a metadata address inside a private range',
    () => entry({ addresses: ['100.100.100.200/32'] }),
    [
      'upstreams[0].addresses[0]: expected an internal service, got "100.100.100.200/32"; loopback, link-local and metadata addresses are never dialled [addresses-forbidden]',
    ],
  ],
  [
    'IPv6 that is not as short as it can be',
    () => entry({ addresses: ['fd00:0::/32'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "fd00:0::/32"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'IPv6 in capitals',
    () => entry({ addresses: ['FD00::/32'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "FD00::/32"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'IPv6 with too many colons',
    () => entry({ addresses: ['fd00:::/32'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "fd00:::/32"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
  [
    'host bits in IPv6',
    () => entry({ addresses: ['fd00::1/32'] }),
    [
      'upstreams[0].addresses[0]: expected a canonical CIDR such as "10.20.0.0/16", got "fd00::1/32"; the bits behind the length are zero, IPv6 is lower case and as short as it can be [addresses-form]',
    ],
  ],
];
