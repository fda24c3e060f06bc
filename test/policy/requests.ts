import * as fc from 'fast-check';
import type { AgentRequest, PolicyDocument } from '../../lib/policy';
import { NASTY_TARGETS } from '../equivalence/generate';

const AUTHORITIES = [
  'api.a.example',
  'b.example',
  'x-1.b.example',
  'deep.x-1.b.example',
  'a.b.example',
  'evil.example',
];
const ODD_AUTHORITIES = [
  'API.A.example',
  'api.a.example:443',
  'api.a.example:8443',
  'b.example:8443',
  'b.example:0443',
  'b.example:+443',
  'b.example:',
  'b.example:443:1',
  'b.example:70000',
  'b.example.',
  'b.example..',
  '.b.example',
  'me@b.example',
  'b.example%2e',
  'b.example%00.evil.example',
  '[b.example]',
  '[::1]',
  'b_.example',
  '',
  'b\u00e9.example',
  'xb.example',
  'b.example.evil.example',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const KEYS = [
  'a',
  'limit',
  'key',
  'KEY',
  'api_key',
  'Api-Key',
  'x-api-key',
  'access_token',
  'token',
  'sig',
  'X-Amz-Date',
  '_method',
  'method',
  'keys',
  'tokens',
  'a.b',
  'k%65y',
  '',
];
const VALUES = ['', '=', '=1', '=a%20b', '=a%2', '=a b', '=x/y:z,?', "='", '=\u00e9', '=#', '=;', '=a=b'];
const HEADERS: readonly (readonly [string, string])[] = [
  ['accept', '*/*'],
  ['x-tenant', 'acme'],
  ['X-Tenant', ''],
  ['x-other', 'b'],
  ['x-other', 'c, ab'],
  ['x-other', 'B\t, x'],
  ['x-other', 'c'],
  ['x-beta', 'xcyd'],
  ['x-beta', 'dc'],
  ['authorization', 'Bearer foreign'],
  ['x_api_key', 'foreign'],
  ['bad name', 'x'],
  ['x', 'a\r\nb: c'],
  ['x', 'a\u0000'],
  ['host', 'b.example'],
  ['Host', 'B.example:443'],
  ['host', 'evil.example'],
  ['connection', 'Upgrade'],
  ['connection', 'keep-alive, upgrade'],
  ['upgrade', 'websocket'],
  ['upgrade', 'h2c'],
  ['upgrade', 'foo'],
];

const query = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)), { maxLength: 2 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('')).join('&')}`));
const tails = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '',
  '/',
  '/x',
  'X',
  ';',
  '%20',
  '//',
  '/..',
  '/.',
  '#',
  '?',
  '?a=1&b=2',
  '?b=2&a=1',
  '&a=1',
  '%3A',
  '%3a0',
  '%3',
  '/m%3Ax',
  '/@scope%2fname',
  '@a%2Fb@c%2fd',
  '/@a%2f..',
  '/@%2fa',
  '/a%2fb',
);

/** Requests for one document: most are its own rules made concrete and then bent a little; random ones would seldom hit. */
export function requestsFor(document: PolicyDocument): fc.Arbitrary<AgentRequest> {
  const aimed = document.upstreams.flatMap(aim);
  const near = fc
    .tuple(fc.constantFrom(...aimed), tails, query, fc.constantFrom('', '', '', 'odd'))
    .map(([{ authority, method, target }, tail, more, odd]) => ({
      method,
      authority,
      target: target + tail + (odd === '' ? '' : more),
    }));
  const far = fc
    .tuple(
      fc.constantFrom(...METHODS, 'get', 'TRACE', 'FOO', ''),
      fc.constantFrom(...AUTHORITIES, ...ODD_AUTHORITIES),
      fc.constantFrom(...NASTY_TARGETS),
      query,
    )
    .map(([method, authority, target, more]) => ({ method, authority, target: target + more }));
  const moved = fc
    .tuple(fc.constantFrom(...aimed), fc.constantFrom(...AUTHORITIES, ...ODD_AUTHORITIES))
    .map(([request, authority]) => ({ ...request, authority }));
  const nearly = fc.oneof(
    { weight: 8, arbitrary: near },
    { weight: 2, arbitrary: moved },
    { weight: 1, arbitrary: far },
  );
  const headers = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }) },
  );
  const scheme = fc.constantFrom(...Array.from({ length: 20 }, () => 'https://'), 'http://', 'ftp://', '//', '');
  return fc.tuple(nearly, headers, scheme).map(([{ method, authority, target }, own, start]) => ({
    method,
    url: `${start}${authority}${target}`,
    headers: own,
  }));
}

function aim(entry: object): { authority: string; method: string; target: string }[] {
  const { host, git, port, rules, repositories } = entry as Record<string, unknown>;
  const name = String(host ?? git).replace('*', 'any');
  const authority = port === undefined ? name : `${name}:${String(port)}`;
  const written = Array.isArray(rules) ? rules.map(String) : ['GET /any', 'POST /any/thing?x=1'];
  const served = (Array.isArray(repositories) ? repositories : []).flatMap(({ name: repository }: { name: string }) =>
    ['', '.git'].flatMap((suffix) => [
      `GET /${repository}${suffix}/info/refs?service=git-upload-pack`,
      `GET /${repository}${suffix}/info/refs?service=git-receive-pack`,
      `POST /${repository}${suffix}/git-upload-pack`,
      `POST /${repository}${suffix}/git-receive-pack`,
    ]),
  );
  return [...written, ...served].flatMap((line) => {
    const [methods = '', pattern = ''] = line.split(' ');
    const target = pattern.replace('/**', '/deep/er').replaceAll('*', 'any1');
    return methods.split(',').map((method) => ({ authority, method, target }));
  });
}
