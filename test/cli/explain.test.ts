import { anchorhold, policyFile, SOUND } from './session';

const policy = policyFile(SOUND);

test('explain tells which rule allows a request and what is injected, and exits 0', async () => {
  const { exit, out } = await anchorhold(['explain', policy, 'POST', 'https://api.model.example/v1/messages']);
  expect(exit).toBe(0);
  expect(out).toMatch(/^allow {7}rule-matched: /);
  expect(out).toContain('rule        POST /v1/messages\n');
  expect(out).toMatch(/credential {2}\S+\n$/);
});

test.each([
  ['GET', 'https://api.model.example/v1/messages', 'method-not-allowed'],
  ['POST', 'https://api.model.example/v1/files', 'path-not-allowed'],
  ['POST', 'https://elsewhere.example/v1/messages', 'host-not-listed'],
  ['POST', 'http://api.model.example/v1/messages', 'scheme-not-https'],
  ['POST', 'https://api.model.example/v1/../v1/messages', 'malformed-path'],
])('explain denies %s %s as %s and exits 1', async (method, url, reason) => {
  const { exit, out } = await anchorhold(['explain', policy, method, url, '--json']);
  expect(exit).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ verdict: 'deny', reason });
});

test('explain judges the headers it is given', async () => {
  const asked = ['explain', policy, 'POST', 'https://api.model.example/v1/messages'];
  expect((await anchorhold([...asked, '-H', 'accept: */*'])).exit).toBe(0);
  const { exit, out } = await anchorhold([...asked, '-H', 'host: other.example']);
  expect(exit).toBe(1);
  expect(out).toMatch(/^deny {8}authority-mismatch: /);
});

test('explain refuses a header without a colon and does not echo it', async () => {
  const { exit, err } = await anchorhold(['explain', policy, 'GET', 'https://a.example/', '-H', 'canary-7f3a']);
  expect(exit).toBe(2);
  expect(err).toContain("-H: expected 'name: value'");
  expect(err).not.toContain('canary-7f3a');
});
