import * as fc from 'fast-check';
import { decide, definePolicy } from '../../lib/policy';

const policy = definePolicy({
  policy: 1,
  name: 'coder',
  upstreams: [{ host: 'api.example.com', rules: ['GET /v1/*', 'POST /model/*/invoke', 'GET /files/**', 'PUT /a:b'] }],
});
const ask = (method: string, path: string) => decide(policy, { method, url: `https://api.example.com${path}` });

test('an escaped colon is admitted where a star or the rest stands', () => {
  expect(ask('POST', '/model/m-1%3A0/invoke').rule).toBe('POST /model/*/invoke');
  expect(ask('GET', '/files/a%3ab/c').rule).toBe('GET /files/**');
});

test('an escaped colon is not the colon of a literal', () => {
  expect(ask('PUT', '/a:b').reason).toBe('rule-matched');
  expect(ask('PUT', '/a%3Ab').reason).toBe('path-not-allowed');
});

test('a slash escaped after a scope is admitted below /**, as npm sends it, and nowhere else', () => {
  expect(ask('GET', '/files/@scope%2fname').rule).toBe('GET /files/**');
  expect(ask('GET', '/files/@a%2fb@c%2Fd/-/x-1.0.0.tgz').rule).toBe('GET /files/**');
  expect(ask('GET', '/v1/@scope%2fname').reason).toBe('path-not-allowed');
  expect(ask('POST', '/model/@scope%2fname/invoke').reason).toBe('path-not-allowed');
  expect(ask('GET', '/@files%2fname').reason).toBe('path-not-allowed');
});

test.each([
  '@a%2f..',
  '@a%2f.x',
  '@..%2fa',
  '@.%2fa',
  '@%2fa',
  '@a%2f',
  '@a%2f/x',
  '@a%2fb%2fc',
  '@a%3Ab%2fc',
  '@a%252fb',
])('no other escaped slash is: %s', (segment) => {
  expect(ask('GET', `/files/${segment}`).reason).toBe('malformed-path');
});

test.each(['%2f', '%2F', '%5c', '%2e%2e', '%3b', '%253A', '%3', '%', '%00', '%40'])(
  'no other escape is admitted: %s',
  (escape) => {
    expect(ask('GET', `/files/a${escape}b`).reason).toBe('malformed-path');
  },
);

test('what a decoding parser makes of an allowed path, the same rule allows', () => {
  const part = fc.constantFrom(
    'v1',
    'model',
    'invoke',
    'files',
    '/',
    '/',
    '%3A',
    '%3a',
    ':',
    '.',
    '..',
    'x',
    '%2f',
    '@a%2fb',
    '@a%2f..',
    '%',
  );
  let allowed = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'POST', 'PUT'),
      fc.constantFrom('/v1/', '/files/', '/model/'),
      fc.array(part, { maxLength: 6 }),
      (method, start, parts) => {
        const path = start + parts.join('');
        const decision = ask(method, path);
        if (decision.verdict === 'deny') return;
        allowed += 1;
        expect(ask(method, decodeURIComponent(path)).rule).toBe(decision.rule);
      },
    ),
    { numRuns: 2000 },
  );
  expect(allowed).toBeGreaterThan(100);
});
