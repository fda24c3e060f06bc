import { prefixOf } from '../faults/ways';
import { anyHost, unbound } from '../faults/observe-protections';
import { withoutFilters } from '../faults/bootstrap-edit';
import { allowed, closed, refused, type Cases, type Protections } from './table';
import type { Ask } from './world';

export const A = 'a.up.example';
export const B = 'b.up.example';
/** Two hosts that are passed through unseen. */
export const OPAQUE = 'opaque.up.example';
export const OTHER = 'other-opaque.up.example';
const EVIL = 'evil.example';

const intercepted = (host: string, secret: string) => ({
  host,
  ca: 'lab',
  prefix: prefixOf(host),
  credential: { header: 'x-api-key', secret },
  rules: ['GET /v1/messages'],
});
const DOCUMENT = {
  policy: 1,
  name: 'authority',
  upstreams: [
    intercepted(A, 'key-a'),
    intercepted(B, 'key-b'),
    { host: OPAQUE, tls: 'passthrough' },
    { host: OTHER, tls: 'passthrough' },
  ],
};
export const SETTING = {
  document: DOCUMENT,
  secrets: new Map([
    ['key-a', 'canary-a-0123456789'],
    ['key-b', 'canary-b-0123456789'],
  ]),
  ready: { host: A },
};

const mismatch = refused(421, 'authority-mismatch');
const raw = (way: Ask['way'], line: string, host: string): Ask => ({
  host: A,
  ...(way === undefined ? {} : { way }),
  raw: `${line} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
});
const connectTo = (target: string, host = target): Ask => ({
  host: A,
  way: 'gateway',
  port: 3128,
  raw: `CONNECT ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
});
const fields = (...list: readonly (readonly [string, string])[]): Ask => ({ host: A, http: 2, fields: list });
const GET = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/v1/messages'],
] as const;

/** One request has one authority: target of the tunnel, TLS name and Host are the same host, over each way and protocol. */
const BINDING: Cases = {
  'an honest request, transparent': { ask: { host: A }, expected: allowed },
  'an honest request by CONNECT': { ask: { host: A, way: 'connect' }, expected: allowed },
  'an honest request on the gateway': { ask: { host: A, way: 'gateway' }, expected: allowed },
  'an honest HTTP/2 request, transparent': { ask: { host: A, http: 2 }, expected: allowed },
  'an honest HTTP/2 request by CONNECT': { ask: { host: A, way: 'connect', http: 2 }, expected: allowed },
  'an honest HTTP/2 request on the gateway': { ask: { host: A, way: 'gateway', http: 2 }, expected: allowed },
  'a Host with the port': { ask: { host: A, authority: `${A}:443` }, expected: allowed },
  'a Host in capitals': { ask: { host: A, authority: A.toUpperCase() }, expected: allowed },
  'a Host with a trailing dot': { ask: { host: A, authority: `${A}.` }, expected: allowed },
  'a TLS name in capitals': { ask: { host: A, serverName: A.toUpperCase() }, expected: allowed },
  'a CONNECT in capitals': { ask: { host: A, way: 'connect', connect: `${A.toUpperCase()}:443` }, expected: allowed },
  'an absolute target of the same host': {
    ask: raw('transparent', `GET https://${A}/v1/messages`, A),
    expected: allowed,
  },
  'a Host of another listed host': { ask: { host: A, authority: B }, expected: mismatch },
  'a Host of another listed host by CONNECT': { ask: { host: A, way: 'connect', authority: B }, expected: mismatch },
  'a Host of a passthrough host': { ask: { host: A, authority: OPAQUE }, expected: mismatch },
  'a Host that nobody lists': { ask: { host: A, authority: EVIL }, expected: mismatch },
  'a Host that is an address': { ask: { host: A, authority: '203.0.113.10' }, expected: mismatch },
  'a Host with another port': { ask: { host: A, authority: `${A}:8443` }, expected: mismatch },
  'a Host that ends in the name': { ask: { host: A, authority: `x${A}` }, expected: mismatch },
  'an HTTP/2 authority of another listed host': { ask: { host: A, http: 2, authority: B }, expected: mismatch },
  'an HTTP/2 authority of another listed host by CONNECT': {
    ask: { host: A, http: 2, way: 'connect', authority: B },
    expected: mismatch,
  },
  'an HTTP/2 authority of a passthrough host': { ask: { host: A, http: 2, authority: OPAQUE }, expected: mismatch },
  'an absolute target of another listed host': {
    ask: raw('transparent', `GET https://${B}/v1/messages`, A),
    expected: mismatch,
  },
  'an absolute target of another host, by CONNECT': {
    ask: raw('connect', `GET https://${EVIL}/v1/messages`, A),
    expected: mismatch,
  },
  'a CONNECT to one listed host with the TLS name of another': {
    ask: { host: A, way: 'connect', serverName: B, authority: B },
    expected: mismatch,
  },
  'a CONNECT to a listed host with the TLS name of a passthrough host': {
    ask: { host: A, way: 'connect', serverName: OPAQUE, authority: OPAQUE },
    expected: closed('authority-mismatch'),
  },
  'a CONNECT to a passthrough host with the TLS name of another': {
    ask: { host: OPAQUE, way: 'connect', serverName: OTHER, authority: OTHER },
    expected: closed('authority-mismatch'),
  },
  'a CONNECT to a passthrough host with the TLS name of an intercepted one': {
    ask: { host: OPAQUE, way: 'connect', serverName: A, authority: A },
    expected: mismatch,
  },
  'a CONNECT with a TLS name that nobody lists': {
    ask: { host: A, way: 'connect', serverName: EVIL },
    expected: closed('authority-mismatch'),
  },
  'a CONNECT without a TLS name': {
    ask: { host: A, way: 'connect', serverName: '' },
    expected: closed('authority-mismatch'),
  },
};

/** What isn't one plain host at all. */
const FORMS: Cases = {
  'no Host': { ask: { host: A, authority: null }, expected: refused(400) },
  'an empty Host': { ask: { host: A, authority: '' }, expected: mismatch },
  'two Hosts': { ask: { host: A, headers: [['Host', B]] }, expected: mismatch },
  'a Host with a user in it': { ask: { host: A, authority: `x@${A}` }, expected: mismatch },
  'a Host in brackets': { ask: { host: A, authority: `[${A}]` }, expected: mismatch },
  'a Host with a zero byte': { ask: { host: A, authority: `${A}\0.evil.example` }, expected: refused(400) },
  'a Host with bytes past ASCII': { ask: { host: A, authority: `${A}\xe9` }, expected: refused(400) },
  'HTTP/2 without an authority': { ask: fields(...GET), expected: closed() },
  'HTTP/2 with two authorities': {
    ask: fields(...GET, [':authority', A], [':authority', B]),
    expected: closed(),
  },
  'HTTP/2 with a zero byte in the authority': { ask: fields(...GET, [':authority', `${A}\0`]), expected: closed() },
  'HTTP/2 with a line break in the authority': {
    ask: fields(...GET, [':authority', `${A}\r\nhost: ${B}`]),
    expected: closed(),
  },
  'HTTP/2 with two paths': { ask: fields(...GET, [':authority', A], [':path', '/v1/files']), expected: closed() },
  'HTTP/2 with two methods': { ask: fields(...GET, [':authority', A], [':method', 'DELETE']), expected: closed() },
  'HTTP/2 with a pseudo-header after the others': {
    ask: fields(
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', A],
      ['accept', '*/*'],
      [':path', '/v1/messages'],
    ),
    expected: closed(),
  },
  'HTTP/2 with capitals in a name': {
    ask: fields(...GET, [':authority', A], ['X-Api-Key', 'foreign']),
    expected: closed(),
  },
  'HTTP/2 with a hop-by-hop header': {
    ask: fields(...GET, [':authority', A], ['connection', 'close']),
    expected: closed(),
  },
  'HTTP/2 with a relative path': {
    ask: fields([':method', 'GET'], [':scheme', 'https'], [':authority', A], [':path', 'v1/messages']),
    expected: closed(),
  },
  'HTTP/2 with an absolute path': {
    ask: fields([':method', 'GET'], [':scheme', 'https'], [':authority', A], [':path', `https://${B}/v1/messages`]),
    expected: closed(),
  },
  'HTTP/2 with an empty path': {
    ask: fields([':method', 'GET'], [':scheme', 'https'], [':authority', A], [':path', '']),
    expected: closed(),
  },
  'HTTP/2 with a star for a path': {
    ask: fields([':method', 'OPTIONS'], [':scheme', 'https'], [':authority', A], [':path', '*']),
    expected: refused(404),
  },
  'HTTP/2 with a line break in a value': {
    ask: fields(...GET, [':authority', A], ['accept', 'a\r\nx-api-key: foreign']),
    expected: closed(),
  },
  'HTTP/2 with an unknown pseudo-header': { ask: fields(...GET, [':authority', A], [':x', 'y']), expected: closed() },
  'clear text on port 80': {
    ask: { host: A, way: 'gateway', port: 80, raw: `GET /v1/messages HTTP/1.1\r\nHost: ${A}\r\n\r\n` },
    expected: refused(403, 'scheme-not-https'),
  },
  'a CONNECT inside the TLS': {
    ask: raw('transparent', `CONNECT ${EVIL}:443`, `${EVIL}:443`),
    expected: refused(403, 'malformed-path'),
  },
  'an HTTP/2 CONNECT inside the TLS': {
    ask: fields([':method', 'CONNECT'], [':authority', `${EVIL}:443`]),
    expected: refused(403, 'malformed-path'),
  },
  'an extended CONNECT (RFC 8441)': {
    ask: fields([':method', 'CONNECT'], [':protocol', 'websocket'], ...GET.slice(1), [':authority', A]),
    expected: closed(),
  },
};

const unlisted = refused(403, 'host-not-listed');

/** Targets of a CONNECT that are no listed host, by every spelling that has fooled some proxy. */
const TUNNELS: Cases = Object.fromEntries([
  ...[
    `${EVIL}:443`,
    `${A}:80`,
    `${A}:22`,
    `${A}:8443`,
    `${A}:0443`,
    `${A}.evil.example:443`,
    `evil${A}:443`,
    `x.${A}:443`,
    `.${A}:443`,
    `${A}..:443`,
    '1.1.1.1:443',
    '[::1]:443',
    '[::ffff:169.254.169.254]:80',
    '[64:ff9b::a9fe:a9fe]:80',
    '169.254.169.254:80',
    '127.0.0.1:443',
    '2130706433:443',
    '0x7f.0.0.1:443',
    '0177.0.0.1:443',
    '127.1:443',
    '0:443',
    'localhost:443',
    'metadata.google.internal:80',
    'xn--pi-8cd.up.example:443',
    '10.77.0.1:8080',
  ].map((target) => [`a CONNECT to ${target}`, { ask: connectTo(target), expected: unlisted }]),
  ...[
    `${A}:+443`,
    `${A}%2eevil.example:443`,
    `x@${A}:443`,
    `${A}:443\xe9`,
    `${A}\xef\xbc\x8eexample:443`,
    `${A}:99999`,
    `[${A}]:443`,
    '[fe80::1%25eth0]:443',
    `${A}\0.evil.example:443`,
    `${A}#.evil.example:443`,
    `https://${A}:443`,
    '/v1/messages',
  ].map((target) => [`a CONNECT to ${JSON.stringify(target)}`, { ask: connectTo(target, A), expected: refused(400) }]),
  [
    'a plain request to the CONNECT port',
    { ask: { ...connectTo(''), raw: `GET / HTTP/1.1\r\nHost: ${A}\r\n\r\n` }, expected: refused(403) },
  ],
  [
    'a clear-text absolute target on the CONNECT port',
    {
      ask: { ...connectTo(''), raw: `GET http://${A}/v1/messages HTTP/1.1\r\nHost: ${A}\r\n\r\n` },
      expected: refused(403),
    },
  ],
  [
    'an HTTP/2 CONNECT to a host that nobody lists',
    {
      ask: {
        ...connectTo(''),
        http: 2,
        fields: [
          [':method', 'CONNECT'],
          [':authority', `${EVIL}:443`],
        ],
      },
      expected: unlisted,
    },
  ],
  [
    'a CONNECT with a body announced',
    {
      ask: { ...connectTo(''), raw: `CONNECT ${A}:443 HTTP/1.1\r\nHost: ${A}:443\r\nContent-Length: 5\r\n\r\nhello` },
      expected: refused(400),
    },
  ],
]);

export const CASES: Cases = { ...BINDING, ...FORMS, ...TUNNELS };

/** Without its gate, a tunnel asked for one passthrough host carries another. */
function ungated(bootstrap: unknown): void {
  withoutFilters(bootstrap, 'network.rbac.v3.RBAC');
}

export const PROTECTIONS: Protections = {
  'the virtual host that answers for foreign names': { stops: 'a Host of another listed host', takeOut: anyHost },
  'the same over HTTP/2': { stops: 'an HTTP/2 authority of another listed host', takeOut: anyHost },
  'the binding of a tunnel to its target': {
    stops: 'a CONNECT to one listed host with the TLS name of another',
    takeOut: unbound,
  },
  'the gate of a passthrough tunnel': {
    stops: 'a CONNECT to a passthrough host with the TLS name of another',
    takeOut: ungated,
  },
};
