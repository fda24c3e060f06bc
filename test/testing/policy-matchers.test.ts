import { definePolicy } from '../../lib/policy';
import '../../lib/testing';

const policy = definePolicy({
  policy: 1,
  name: 'tested',
  upstreams: [
    {
      host: 'api.model.example',
      credential: { header: 'x-api-key', secret: 'model-key' },
      rules: ['POST /v1/messages'],
    },
    { host: 'docs.site.example', rules: 'any', headers: { deny: ['x-tenant'] } },
  ],
});

test('allow and deny hold for what the policy says', () => {
  expect(policy).toAllow('POST https://api.model.example/v1/messages', {
    rule: 'POST /v1/messages',
    credential: 'model-key',
  });
  expect(policy).toAllow('GET https://docs.site.example/', { credential: null });
  expect(policy).toDeny('GET https://api.model.example/v1/messages', 'method-not-allowed');
  expect(policy).toDeny('GET https://elsewhere.example/');
  expect(policy).not.toAllow('GET https://elsewhere.example/');
});

test('headers are judged with the request', () => {
  const asked = { method: 'GET', url: 'https://docs.site.example/' };
  expect(policy).toAllow(asked);
  expect(policy).toDeny({ ...asked, headers: [['x-tenant', 'other']] }, 'header-denied');
});

test('says what was decided when it is not what was expected', () => {
  expect(() => expect(policy).toAllow('GET https://elsewhere.example/')).toThrow(
    'expected the policy to allow GET https://elsewhere.example/, got deny (host-not-listed)',
  );
  expect(() => expect(policy).toDeny('POST https://api.model.example/v1/messages')).toThrow(
    'expected the policy to deny POST https://api.model.example/v1/messages, got allow (rule-matched, rule "POST /v1/messages", credential "model-key")',
  );
  expect(() => expect(policy).toAllow('POST https://api.model.example/v1/messages', { credential: null })).toThrow(
    'with no credential, got allow',
  );
  expect(() => expect(policy).toDeny('GET https://elsewhere.example/', 'path-not-allowed')).toThrow(
    'as "path-not-allowed", got deny (host-not-listed)',
  );
});

test('a wrong use is a sentence, never a pass', () => {
  expect(() => expect({}).not.toAllow('GET https://elsewhere.example/')).toThrow(
    'expected a policy made by definePolicy()',
  );
  expect(() => expect(policy).toDeny('https://elsewhere.example/')).toThrow(
    'expected a request as "METHOD https://host/path", got "https://elsewhere.example/"',
  );
});
