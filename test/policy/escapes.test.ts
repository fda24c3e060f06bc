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
