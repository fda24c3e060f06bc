import { createHash } from 'node:crypto';
import { awsObject } from '../../lib/keeper/aws-object';
import { endAll, tokenServer } from './setting';

afterEach(endAll);
const URL_OF = 'https://s3.eu-central-1.amazonaws.com/assets/0123abcd.json';
const PACKED = 'H4sIAAAA';
const DIGEST = createHash('sha256').update(PACKED).digest('hex');
const IDENTITY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's', sessionToken: 'the-session', expiresAt: 0 };

async function fetched(body: string, digest = DIGEST) {
  const server = await tokenServer(() => ({ body }));
  const reach = { roots: () => server.roots, signal: AbortSignal.timeout(3000) };
  const text = awsObject(URL_OF, digest, IDENTITY, reach, { AWS_ENDPOINT_URL_S3: server.url });
  return { text, asked: server.asked };
}

test('fetches the object, signed by the task’s role for the region of its URL', async () => {
  const { text, asked } = await fetched(JSON.stringify({ files: PACKED }));
  expect(await text).toBe(PACKED);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /assets/0123abcd.json']);
  expect(asked[0]?.headers).toMatchObject({
    'x-amz-security-token': 'the-session',
    'x-amz-content-sha256': expect.anything(),
  });
  expect(asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request/,
  );
});

test('takes an object larger than other answers may be', async () => {
  const packed = 'A'.repeat(1_000_000);
  const { text } = await fetched(JSON.stringify({ files: packed }), createHash('sha256').update(packed).digest('hex'));
  expect(await text).toBe(packed);
});

test('refuses an object with other files than the digest’s', async () => {
  const { text } = await fetched(JSON.stringify({ files: `${PACKED}x` }));
  await expect(text).rejects.toThrow('expected the files that --files-digest names, got others [files-digest]');
});

test('refuses a URL that isn’t S3’s own', async () => {
  const reach = { roots: () => [], signal: AbortSignal.timeout(3000) };
  await expect(awsObject('https://s3.evil.example/a/b', DIGEST, IDENTITY, reach, {})).rejects.toThrow('[files-url]');
});
