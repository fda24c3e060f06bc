import type { SecretSource } from '../../lib/keeper/secret-source';
import { Sources } from '../../lib/keeper/sources';
import { type Signed, signatureOf } from './signature';
import { type Answer, type Asked, endAll, tokenServer } from './setting';

afterEach(endAll);
const CANARY = 'canary-value-31c7';
const SECRET_KEY = 'canary-secret-access-key';
const SESSION = 'canary-session';
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anchorhold/model-key-AbC123';
const PARAMETER = 'arn:aws:ssm:us-gov-west-1:123456789012:parameter/anchorhold/model-key';
const NAME = 'projects/acme-prod/secrets/model-key';
const { signal } = new AbortController();
const ok = (body: object, headers: Record<string, string> = {}): Answer => ({ body: JSON.stringify(body), headers });

/** An identity as the container endpoint gives it. */
const identity = (minutes: number): Answer =>
  ok({
    AccessKeyId: 'AKIDEXAMPLE',
    SecretAccessKey: SECRET_KEY,
    Token: SESSION,
    Expiration: new Date(Date.now() + minutes * 60_000).toISOString(),
  });

interface Cloud {
  readonly source: SecretSource;
  readonly api: Asked[];
  readonly identity: Asked[];
}

async function aws(
  arn: string,
  answer: (asked: Asked) => Answer | Promise<Answer>,
  who: () => Answer = () => identity(60),
  more: { roots?: string[]; host?: string } = {},
): Promise<Cloud> {
  const api = await tokenServer(answer, { host: more.host ?? 'localhost' });
  const endpoint = await tokenServer(who, { secure: false });
  const url = endpoint.url.replace('localhost', '127.0.0.1');
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v2/credentials`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: api.url,
    AWS_ENDPOINT_URL_SSM: api.url,
  };
  const servers = { deadline: 2000 };
  const sources = new Sources(environment, {
    roots: () => more.roots ?? api.roots,
    servers,
  }).named([`key=aws-secret:${arn}`]);
  return { source: sourceOf(sources), api: api.asked, identity: endpoint.asked };
}

async function google(answer: (asked: Asked) => Answer | Promise<Answer>, name = NAME): Promise<Cloud> {
  const api = await tokenServer(answer);
  const metadata = await tokenServer(
    () => ok({ access_token: 'ya29.token', token_type: 'Bearer', expires_in: 3600 }, { 'metadata-flavor': 'Google' }),
    { secure: false },
  );
  const servers = { secretManager: api.url, metadata: metadata.url, allowed: () => true, deadline: 2000 };
  const sources = new Sources({}, { roots: () => api.roots, servers }).named([`key=gcp-secret:${name}`]);
  return { source: sourceOf(sources), api: api.asked, identity: metadata.asked };
}

function sourceOf(sources: Record<string, SecretSource>): SecretSource {
  const { key } = sources;
  if (key === undefined) throw new Error('no source named key');
  return key;
}

/** Code, whether it closes, and the text of a refusal. */
async function refusal(source: SecretSource): Promise<{ code: unknown; closes: unknown; text: string }> {
  const failure: unknown = await source.read(signal).then(
    () => 'it was read',
    (reason: unknown) => reason,
  );
  const { code, closes } = Object(failure) as { code: unknown; closes: unknown };
  return { code, closes, text: String(failure) };
}

describe('the signature oracle', () => {
  it("finds the signature of AWS's own published example", () => {
    const example: Signed = {
      method: 'GET',
      path: '/?Action=ListUsers&Version=2010-05-08',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        host: 'iam.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
      },
      body: '',
    };
    const { sent, due } = signatureOf(example, ['wJalrXUtnFEMI/K7MDENG+', 'bPxRfiCYEXAMPLEKEY'].join(''));
    expect(due).toBe(sent);
    expect(signatureOf({ ...example, body: 'x' }, 'other').due).not.toBe(sent);
  });
});

describe('aws-secret', () => {
  it('asks Secrets Manager for the ARN, signed by the task role', async () => {
    const { source, api, identity: who } = await aws(ARN, () => ok({ ARN, SecretString: CANARY }));
    expect(await source.read(signal)).toBe(CANARY);
    expect(source.everySeconds).toBe(60);
    const [asked] = api;
    if (asked === undefined) throw new Error('nothing arrived');
    expect(JSON.parse(asked.body)).toEqual({ SecretId: ARN });
    expect(asked.headers).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': SESSION,
    });
    const { sent, due, scope } = signatureOf(asked, SECRET_KEY);
    expect(sent).toBe(due);
    expect(scope).toMatch(/^\d{8}\/eu-central-1\/secretsmanager\/aws4_request$/);
    expect(String(asked.headers['authorization'])).toMatch(
      /SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,/,
    );
    expect(who[0]?.path).toBe('/v2/credentials');
  });

  it('asks Systems Manager for a parameter, decrypted', async () => {
    const { source, api } = await aws(PARAMETER, () => ok({ Parameter: { Value: CANARY, Version: 3 } }));
    expect(await source.read(signal)).toBe(CANARY);
    const [asked] = api;
    if (asked === undefined) throw new Error('nothing arrived');
    expect(JSON.parse(asked.body)).toEqual({ Name: PARAMETER, WithDecryption: true });
    expect(signatureOf(asked, SECRET_KEY)).toMatchObject({ scope: expect.stringContaining('us-gov-west-1/ssm') });
    expect(signatureOf(asked, SECRET_KEY).sent).toBe(signatureOf(asked, SECRET_KEY).due);
  });

  it('reads bytes, follows the next version, and asks for an identity once', async () => {
    let value = Buffer.from('of bytes').toString('base64');
    const { source, identity: who } = await aws(ARN, () => ok({ SecretBinary: value }));
    expect(await source.read(signal)).toBe('of bytes');
    value = Buffer.from('rotated').toString('base64');
    expect(await source.read(signal)).toBe('rotated');
    expect(who).toHaveLength(1);
  });

  it('asks for a new identity when the old one is about to end', async () => {
    const { source, identity: who } = await aws(
      ARN,
      () => ok({ SecretString: CANARY }),
      () => identity(0.5),
    );
    await source.read(signal);
    await source.read(signal);
    expect(who).toHaveLength(2);
  });

  it.each([
    'ResourceNotFoundException',
    'com.amazonaws.secretsmanager#ResourceNotFoundException',
    'InvalidRequestException',
    'AccessDeniedException',
    'ParameterNotFound',
    'DecryptionFailure',
  ])('says on %s that the secret is gone', async (type) => {
    const { source } = await aws(ARN, () => ({ status: 400, body: JSON.stringify({ __type: type, message: CANARY }) }));
    expect(await refusal(source)).toMatchObject({ code: 'answer-status', closes: true });
  });

  it.each<[string, string, () => Answer | Promise<Answer>]>([
    ['throttling', 'answer-status', () => ({ status: 400, body: '{"__type":"ThrottlingException"}' })],
    ['an expired identity', 'answer-status', () => ({ status: 400, body: '{"__type":"ExpiredTokenException"}' })],
    ['a failure inside', 'answer-status', () => ({ status: 500, body: `<html>${CANARY}` })],
    ['garbage', 'answer-malformed', () => ({ body: CANARY })],
    ['no value', 'answer-malformed', () => ok({ SecretString: { [CANARY]: 1 } })],
    ['a redirect', 'answer-status', () => ({ status: 302, headers: { location: 'https://other.example/' }, body: '' })],
    ['silence', 'unreachable', () => new Promise(() => undefined)],
  ])('says on %s that it could not be asked, and quotes nothing', async (_what, code, answer) => {
    const { source } = await aws(ARN, answer);
    const { text, ...refused } = await refusal(source);
    expect(refused).toEqual({ code, closes: false });
    expect(text).not.toMatch(/canary/);
  });

  it('asks nothing of a server with another certificate', async () => {
    const other = await tokenServer(() => ok({}));
    const wrongRoots = await aws(ARN, () => ok({ SecretString: CANARY }), undefined, { roots: other.roots });
    expect(await refusal(wrongRoots.source)).toMatchObject({ code: 'unreachable', closes: false });
    const wrongName = await aws(ARN, () => ok({ SecretString: CANARY }), undefined, { host: 'other.example' });
    expect((await refusal(wrongName.source)).text).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect([...wrongRoots.api, ...wrongName.api]).toEqual([]);
  });

  it.each([{}, { AccessKeyId: 'x' }, { AccessKeyId: 'x', SecretAccessKey: CANARY, Token: 'x', Expiration: 'never' }])(
    'sends nothing unsigned when the identity is %j',
    async (answer) => {
      const { source, api } = await aws(
        ARN,
        () => ok({ SecretString: CANARY }),
        () => ok(answer),
      );
      const { code, text } = await refusal(source);
      expect(code).toBe('aws-identity');
      expect(text).not.toContain(CANARY);
      expect(api).toEqual([]);
    },
  );

  it.each([{}, { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.1/credentials' }])(
    'takes no identity from anywhere but the container endpoint (%j)',
    async (environment) => {
      const sources = new Sources(environment, { roots: () => [] }).named([`key=aws-secret:${ARN}`]);
      expect(await refusal(sourceOf(sources))).toMatchObject({ code: 'aws-identity', closes: false });
    },
  );

  it.each(['http://endpoint.example', 'ftp://endpoint.example'])('refuses the endpoint %s', (url) => {
    const environment = { AWS_ENDPOINT_URL_SECRETS_MANAGER: url };
    expect(() => new Sources(environment, { roots: () => [] }).named([`key=aws-secret:${ARN}`])).toThrow(
      '[aws-endpoint]',
    );
  });
});

describe('gcp-secret', () => {
  const payload = (text: string) => ok({ payload: { data: Buffer.from(text).toString('base64') } });

  it('asks Secret Manager for the latest version with the token of the machine', async () => {
    let value = CANARY;
    const { source, api, identity: who } = await google(() => payload(value));
    expect(await source.read(signal)).toBe(CANARY);
    expect(api[0]).toMatchObject({ method: 'GET', path: `/v1/${NAME}/versions/latest:access` });
    expect(api[0]?.headers.authorization).toBe('Bearer ya29.token');
    value = 'rotated';
    expect(await source.read(signal)).toBe('rotated');
    expect(who).toHaveLength(1);
  });

  it('asks for the version that is named', async () => {
    const { source, api } = await google(() => payload(CANARY), `${NAME}/versions/7`);
    await source.read(signal);
    expect(api[0]?.path).toBe(`/v1/${NAME}/versions/7:access`);
  });

  it.each([400, 403, 404])('says on status %d that the secret is gone', async (status) => {
    const { source } = await google(() => ({ status, body: '{}' }));
    expect(await refusal(source)).toMatchObject({ code: 'answer-status', closes: true });
  });

  it.each<[string, string, Answer]>([
    ['an expired token', 'answer-status', { status: 401, body: '{}' }],
    ['throttling', 'answer-status', { status: 429, body: CANARY }],
    ['a failure inside', 'answer-status', { status: 503, body: CANARY }],
    ['garbage', 'answer-malformed', { body: CANARY }],
    ['no value', 'answer-malformed', { body: '{"payload":{}}' }],
  ])('says on %s that it could not be asked, and quotes nothing', async (_what, code, answer) => {
    const { source } = await google(() => answer);
    const { text, ...refused } = await refusal(source);
    expect(refused).toEqual({ code, closes: false });
    expect(text).not.toMatch(/canary/);
  });
});

describe('--secret', () => {
  const read = (...texts: string[]) => new Sources({}, { roots: () => [] }).named(texts);

  it('takes a variable out of the environment, after all who name it have it', async () => {
    const environment = { TOKEN: 'x', OTHER: 'y' };
    const sources = new Sources(environment, { roots: () => [] }).named(['a=env:TOKEN', 'b=env:TOKEN']);
    expect(environment).toEqual({ OTHER: 'y' });
    expect(await Promise.all(Object.values(sources).map((source) => source.read(signal)))).toEqual(['x', 'x']);
  });

  it.each([
    CANARY,
    `key=${CANARY}`,
    `key=vault:${CANARY}`,
    `key=aws-secret:${CANARY}`,
    'key=aws-secret:arn:aws:s3:::bucket',
    `key=gcp-secret:${CANARY}`,
    `key=gcp-secret:projects/p/secrets/../${CANARY}`,
    `key=env:${CANARY}`,
  ])('refuses %s and does not quote it', (text) => {
    let told = '';
    try {
      read(text);
    } catch (failure) {
      told = String(failure);
    }
    expect(told).toMatch(/\[(secret-source|environment-unset)\]/);
    expect(told).not.toContain(CANARY);
  });

  it('refuses a secret that is given twice', () => {
    expect(() => read('key=file:/a', 'key=file:/b')).toThrow('[secret-twice]');
  });
});
