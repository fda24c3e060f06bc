import { entry, whole, type Refusal } from './writing';

export const HOST: readonly Refusal[] = [
  [
    'no kind of entry',
    () => whole({ upstreams: [{}] }),
    [
      'upstreams[0]: expected exactly one of `host`, `git`, `use`, got a mapping; a host, a git host or a preset; write one entry for each [entry-unclear]',
    ],
  ],
  [
    'a text for an entry',
    () => whole({ upstreams: ['api.example.com'] }),
    [
      'upstreams[0]: expected exactly one of `host`, `git`, `use`, got "api.example.com"; a host, a git host or a preset; write one entry for each [entry-unclear]',
    ],
  ],
  [
    'a host and a git host in one',
    () => whole({ upstreams: [{ host: 'a.example.com', git: 'b.example.com' }] }),
    [
      'upstreams[0]: expected exactly one of `host`, `git`, `use`, got `host` and `git`; a host, a git host or a preset; write one entry for each [entry-unclear]',
    ],
  ],
  [
    'a preset and a git host in one',
    () => whole({ upstreams: [{ use: 'npm', git: 'b.example.com' }] }),
    [
      'upstreams[0]: expected exactly one of `host`, `git`, `use`, got `git` and `use`; a host, a git host or a preset; write one entry for each [entry-unclear]',
    ],
  ],
  [
    'a number for a host',
    () => entry({ host: 5 }),
    [
      'upstreams[0].host: expected text such as "api.example.com", got 5; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'an empty host',
    () => entry({ host: '' }),
    [
      'upstreams[0].host: expected text such as "api.example.com", got ""; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'capitals',
    () => entry({ host: 'API.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "API.example.com"; did you mean "api.example.com"? [host-not-exact]',
    ],
  ],
  [
    'a trailing dot',
    () => entry({ host: 'api.example.com.' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.com."; did you mean "api.example.com"? [host-not-exact]',
    ],
  ],
  [
    'a scheme',
    () => entry({ host: 'https://api.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "https://api.example.com"; leave the scheme out; the proxy always speaks TLS to a host [host-not-exact]',
    ],
  ],
  [
    'a port',
    () => entry({ host: 'api.example.com:443' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.com:443"; the port has its own field, `port` [host-not-exact]',
    ],
  ],
  [
    'a path',
    () => entry({ host: 'api.example.com/v1' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.com/v1"; a path belongs in `rules`, and a base path in `prefix` [host-not-exact]',
    ],
  ],
  [
    'a user',
    () => entry({ host: 'me@api.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "me@api.example.com"; leave the user out; a credential has its own field, `credential` [host-not-exact]',
    ],
  ],
  [
    'a fragment',
    () => entry({ host: 'api.example.com#x' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.com#x"; a path belongs in `rules`, and a base path in `prefix` [host-not-exact]',
    ],
  ],
  [
    'a space',
    () => entry({ host: 'api .example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api .example.com"; the character U+0020 can\'t stand in a name [host-not-exact]',
    ],
  ],
  [
    'NUL',
    () => entry({ host: 'api.example.com\0.evil.example' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.com\\u0000.evil.example"; the character U+0000 can\'t stand in a name [host-not-exact]',
    ],
  ],
  [
    'a line break',
    () => entry({ host: 'api.example.com\nx' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.com\\nx"; the character U+000A can\'t stand in a name [host-not-exact]',
    ],
  ],
  [
    'a letter outside ASCII',
    () => entry({ host: 'b\u00fccher.example' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "b\\u00fccher.example"; write the ASCII form, "xn--bcher-kva.example" [host-not-exact]',
    ],
  ],
  [
    'a full-width dot',
    () => entry({ host: 'api\uff0eexample.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api\\uff0eexample.com"; write the ASCII form, "api.example.com" [host-not-exact]',
    ],
  ],
  [
    'half a surrogate pair',
    () => entry({ host: 'a\ud800.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "a\\ud800.example.com"; write the ASCII form, "xn--…" [host-not-exact]',
    ],
  ],
  [
    'a single label',
    () => entry({ host: 'intranet' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "intranet"; write the whole name; a search domain is never added [host-not-exact]',
    ],
  ],
  [
    'an empty label',
    () => entry({ host: 'api..example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api..example.com"; labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number [host-not-exact]',
    ],
  ],
  [
    'an underscore',
    () => entry({ host: 'api_1.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api_1.example.com"; labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number [host-not-exact]',
    ],
  ],
  [
    'a label that begins with a hyphen',
    () => entry({ host: '-api.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "-api.example.com"; labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number [host-not-exact]',
    ],
  ],
  [
    'a label of 64 characters',
    () => entry({ host: 'z'.repeat(64) + '.example.com' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz.example.com"; labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number [host-not-exact]',
    ],
  ],
  [
    'a name of 254 characters',
    () => entry({ host: ('z'.repeat(49) + '.').repeat(5) + 'comx' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\\u2026"; labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number [host-not-exact]',
    ],
  ],
  [
    'a numeric top-level domain',
    () => entry({ host: 'api.example.123' }),
    [
      'upstreams[0].host: expected an exact lower-case DNS name such as "api.example.com", got "api.example.123"; labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number [host-not-exact]',
    ],
  ],
  [
    'an IPv4 address',
    () => entry({ host: '10.0.0.1' }),
    [
      'upstreams[0].host: expected a DNS name, got "10.0.0.1"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'a CIDR',
    () => entry({ host: '10.0.0.0/8' }),
    [
      'upstreams[0].host: expected a DNS name, got "10.0.0.0/8"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'an IPv6 address',
    () => entry({ host: '::1' }),
    [
      'upstreams[0].host: expected a DNS name, got "::1"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'an IPv6 address in brackets',
    () => entry({ host: '[::1]' }),
    [
      'upstreams[0].host: expected a DNS name, got "[::1]"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'an address as one number',
    () => entry({ host: '2130706433' }),
    [
      'upstreams[0].host: expected a DNS name, got "2130706433"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'an address in hexadecimal',
    () => entry({ host: '0x7f.1' }),
    [
      'upstreams[0].host: expected a DNS name, got "0x7f.1"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'an address in octal',
    () => entry({ host: '0177.0.0.1' }),
    [
      'upstreams[0].host: expected a DNS name, got "0177.0.0.1"; a certificate and a rule bind a name; give the service one [host-is-address]',
    ],
  ],
  [
    'localhost',
    () => entry({ host: 'localhost' }),
    [
      'upstreams[0].host: expected a name outside this machine, got "localhost"; the proxy\'s own machine is never an upstream [host-is-local]',
    ],
  ],
  [
    'a name under localhost',
    () => entry({ host: 'x.localhost' }),
    [
      'upstreams[0].host: expected a name outside this machine, got "x.localhost"; the proxy\'s own machine is never an upstream [host-is-local]',
    ],
  ],
  [
    'a multicast name',
    () => entry({ host: 'printer.local' }),
    [
      'upstreams[0].host: expected a name outside this machine, got "printer.local"; the proxy\'s own machine is never an upstream [host-is-local]',
    ],
  ],
  [
    "the machine's name inside a container",
    () => entry({ host: 'host.docker.internal' }),
    [
      'upstreams[0].host: expected a name outside this machine, got "host.docker.internal"; the proxy\'s own machine is never an upstream [host-is-local]',
    ],
  ],
  [
    "Google's metadata name",
    () => entry({ host: 'metadata.google.internal' }),
    [
      'upstreams[0].host: expected a name other than a cloud\'s metadata service, got "metadata.google.internal"; it hands out the credentials of the proxy itself [host-is-metadata]',
    ],
  ],
  [
    "Google's metadata name with a dot",
    () => entry({ host: 'Metadata.Google.Internal.' }),
    [
      'upstreams[0].host: expected a name other than a cloud\'s metadata service, got "Metadata.Google.Internal."; it hands out the credentials of the proxy itself [host-is-metadata]',
    ],
  ],
  [
    'a wildcard over a metadata name',
    () => entry({ host: '*.google.internal' }),
    [
      'upstreams[0].host: expected a name other than a cloud\'s metadata service, got "*.google.internal"; it hands out the credentials of the proxy itself [host-is-metadata]',
    ],
  ],
];
