import * as fc from 'fast-check';

/** A policy document and requests, both raw: what the equivalence suite feeds to `decide()` and to Envoy. */
export interface Scenario {
  readonly document: unknown;
  readonly requests: readonly ScenarioRequest[];
}

export interface ScenarioRequest {
  readonly host: string;
  readonly method: string;
  /** The request target as it stands on the wire. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
}

export const HOSTS = ['a.up.example', 'b.up.example', 'c.up.example'] as const;
/** Where the base-URL way finds a host. */
export function prefixOf(host: string): string {
  return `/${host.split('.')[0] ?? ''}`;
}

const SEGMENTS = [
  'v1',
  'messages',
  'files',
  'a',
  'b.c',
  'x~y',
  'A',
  'info',
  'acme',
  'web',
  'v1:run',
  'm@1',
  '$x',
  'p-q_r',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The strings that have fooled some proxy: docs/attacks corpus, sections 4 and 5. */
export const NASTY_TARGETS: readonly string[] = [
  '/v1/messages/../files',
  '/v1/./messages',
  '//v1/files',
  '/v1//files',
  '/v1/%2e%2e/files',
  '/v1/%2E%2E%2Ffiles',
  '/v1/..%2ffiles',
  '/v1/%5c..%5cfiles',
  '/v1\\files',
  '/v1/..\\files',
  '/v1/messages;x=1',
  '/v1/..;/files',
  '/v1/.;/files',
  '/v1/..%3b/files',
  '/v1/%252e%252e/files',
  '/v1/%c0%ae%c0%ae/files',
  '/v1/%u002e/files',
  '/v1/messages%09',
  '/v1/messages%ff',
  '/v1/messages%00',
  '/v1/messages%0d%0aX:1',
  '/v1/messages#frag',
  '/v1/messages?',
  '/v1/messages??a=b',
  '/v1/messages?a=b;c=d',
  '*',
  '/',
  '/v1/Messages',
  '/v1/messages/',
  '/v1/messagesX',
  '/v1/%6dessages',
  '/v1/m%3A0',
  '/v1/m%3a0/x',
  '/v1%3Arun',
  '/%3a',
  '/v1/%3Am%3A',
  '/v1/m%3B0',
  '/v1/m%253A0',
  '/@scope%2fname',
  '/files/@scope%2fname',
  '/files/@scope%2Fname/-/name-1.0.0.tgz',
  '/files/x@a%2fb',
  '/files/@a%2fb@c%2Fd',
  '/files/@a%2fb%2fc',
  '/files/@a%2f..',
  '/files/@a%2f../x',
  '/files/@..%2fa',
  '/files/@a%2f/x',
  '/files/@%2fx',
  '/files/a%2fb',
  '/files/@a%252fb',
  '/files/..%2f@a%2fb',
  '/v1/@scope%2fname',
  '/v1/models/@scope%2fname',
  '/v1/%4dessages',
  '/v1/messages?key=1',
  '/v1/messages?KEY=1',
  '/v1/messages?api_key=1',
  '/v1/messages?Api_Key=1',
  '/v1/messages?k%65y=1',
  '/v1/messages?access_token=x',
  '/v1/messages?access-token=x',
  '/v1/messages?token=x',
  '/v1/messages?sig=x',
  '/v1/messages?X-Amz-Signature=x',
  '/v1/messages?x-amz-security-token=x',
  '/v1/messages?limit=20&after=a%20b',
  '/v1/messages?a=1&a=2',
  '/v1/messages?a&b',
  '/v1/messages?=x',
  '/v1/messages?a=b=c',
  '/v1/messages?a=%2F',
  '/v1/messages?a=b/c:d,e',
  '/v1/messages?a=\u00e9',
  '/v1/m\u00e9ssages',
  '/acme/web.git/info/refs?service=git-upload-pack',
  '/acme/web/info/refs?service=git-receive-pack',
  '/acme/web/info/refs?service=git-upload-pack&service=git-receive-pack',
  '/acme/web/info/refs?service=git%2Dreceive-pack',
  '/acme/web/git-upload-pack',
  '/acme/web.git/git-receive-pack',
  '/acme/web.git/../other.git/git-receive-pack',
  '/acme/web/HEAD',
  // once more, as other parsers spell them
  '/v1/messages/.',
  '/v1/messages/..',
  '/./v1/messages',
  '/../v1/messages',
  '/v1/messages/%2e',
  '/v1/messages/.%2e/files',
  '/v1/..\\\\files',
  '/v1/%5cfiles',
  '/v1/messages%5c',
  '/v1/messages%20',
  '/v1/messages%3fkey=1',
  '/v1/messages%23',
  '/v1/messages%3b',
  '/v1/messages;',
  '/v1;a=b/messages',
  '/v1/..%00/files',
  '/v1/%uff0e%uff0e/files',
  '/v1/\u2025/files',
  '/v1/\uff0e\uff0e/files',
  '/%76%31/messages',
  '/V1/MESSAGES',
  '/v1/messages//',
  '/v1/messages_batches',
  '/v1/messages.json',
  '/v1/messages:x',
  '/v1/messages@evil.example',
  '/@evil.example/v1/messages',
  '/v1/messages?#',
  '/v1/messages?a=b#c',
  '/v1/messages?a=b?c',
  '/v1/messages?&',
  '/v1/messages?a=1&&b=2',
  '/v1/messages?a=%',
  '/v1/messages?a=%zz',
  '/v1/messages?a[]=1',
  '/v1/messages?a=\\\\',
  '/v1/messages?a=<x>',
  '/v1/messages?a="x"',
  '/v1/messages?a=b%0d%0aX:1',
  '/v1/messages?a=%00',
  // C-03: keys in every spelling
  '/v1/messages?a=1&key=1',
  '/v1/messages?key',
  '/v1/messages?key=',
  '/v1/messages?apikey=1',
  '/v1/messages?api.key=1',
  '/v1/messages?x-api-key=1',
  '/v1/messages?Access_Token=1',
  '/v1/messages?%6bey=1',
  '/v1/messages?authorization=1',
  '/v1/messages?X-Goog-Signature=1',
  '/v1/messages?AWSAccessKeyId=1',
  '/v1/messages?_method=DELETE',
  '/v1/messages?keyword=1',
  '/v1/messages?monkey=1',
  '/v1/messages?token_count=1',
];

const segment = fc.constantFrom(...SEGMENTS);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

const rule = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1, maxLength: 3 }),
    fc.array(fc.oneof({ weight: 4, arbitrary: segment }, { weight: 1, arbitrary: fc.constant('*') }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom('', '', '', '/**', '/', '?service=git-upload-pack', '?a=1&b=2'),
  )
  .map(([methods, segments, tail]) => `${methods.join(',')} /${segments.join('/')}${tail}`);

const credential = fc.constantFrom<unknown>(
  undefined,
  { header: 'x-api-key', secret: 'key-one' },
  { bearer: 'key-two' },
  { basic: { user: 'x-access-token', secret: 'key-three' } },
);

const entry = (host: string) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .record({
          rules: fc.oneof(
            { weight: 6, arbitrary: fc.array(rule, { minLength: 1, maxLength: 4 }) },
            { weight: 1, arbitrary: fc.constant('any' as const) },
          ),
          credential,
        })
        .map(({ rules, credential: proof }) => ({
          host,
          ca: 'lab',
          prefix: prefixOf(host),
          rules,
          ...(proof === undefined || rules === 'any' ? {} : { credential: proof }),
        })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ clone: fc.boolean(), name: fc.constantFrom('acme/web', 'acme/a', 'acme/*') })
        .map(({ clone, name }) => ({
          git: host,
          ca: 'lab',
          prefix: prefixOf(host),
          credential: { basic: { user: 'x-access-token', secret: 'key-three' } },
          repositories: [{ name, clone: true, push: !clone }],
        })),
    },
  );

export const documentArbitrary = fc
  .tuple(entry(HOSTS[0]), entry(HOSTS[1]))
  .map(([a, b]) => ({ policy: 1, name: 'generated', upstreams: [a, b], limits: { requestsPerSecond: 1000000 } }));

const query = fc.constantFrom(
  '',
  '',
  '',
  '?a=1',
  '?a=1&b=2',
  '?b=2&a=1',
  '?service=git-upload-pack',
  '?service=git-receive-pack',
  '?limit=20&after=a%20b',
  '?key=1',
  '?x=%2e%2e',
);
const target = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(path, fc.constantFrom('', '', '/'), query).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.constantFrom(...NASTY_TARGETS) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        path,
        fc.constantFrom('%2e', '..', ';', '%2f', '\\', '%', '@', '!', '~', "'", '"', '<', '[', '|', '^', '{', '`'),
        path,
      )
      .map((parts) => parts.join('')),
  },
);

const header = fc.constantFrom<readonly [string, string]>(
  ['authorization', 'Bearer foreign'],
  ['x-api-key', 'foreign'],
  ['X-Api-Key', 'foreign-2'],
  ['cookie', 'session=foreign'],
  ['x-goog-api-key', 'foreign'],
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/admin'],
  ['x-forwarded-host', 'evil.example'],
  ['x-envoy-original-path', '/admin'],
  ['connection', 'x-api-key'],
  ['connection', 'authorization'],
  ['accept', 'application/json'],
);

const method = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...METHODS) },
  { weight: 1, arbitrary: fc.constantFrom('TRACE', 'PROPFIND', 'get', 'FOO', 'QUERY') },
);

export const requestArbitrary: fc.Arbitrary<ScenarioRequest> = fc.record({
  host: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(HOSTS[0], HOSTS[1]) },
    { weight: 1, arbitrary: fc.constant(HOSTS[2]) },
  ),
  method,
  target,
  headers: fc.array(header, { maxLength: 2 }),
});

/** Requests aimed at the rules of one document: half are rules made concrete, which random paths would seldom hit. */
export function aimedAt(document: { readonly upstreams: readonly object[] }): fc.Arbitrary<ScenarioRequest> {
  const deeper = ['/deep/er', '/deep/@er%2fest/1'];
  const concrete = document.upstreams.flatMap((upstream): ScenarioRequest[] => {
    const host = 'host' in upstream ? String(upstream.host) : 'git' in upstream ? String(upstream.git) : '';
    const rules = 'rules' in upstream && Array.isArray(upstream.rules) ? upstream.rules.map(String) : [];
    const git =
      'repositories' in upstream
        ? [
            'GET /acme/web/info/refs?service=git-upload-pack',
            'POST /acme/web.git/git-upload-pack',
            'GET /acme/a/info/refs?service=git-receive-pack',
            'POST /acme/a/git-receive-pack',
          ]
        : [];
    return [...rules, ...git].flatMap((text) => {
      const [methods = '', pattern = ''] = text.split(' ');
      const made = deeper.map((rest) => pattern.replace('/**', rest).replaceAll('*', 'any1'));
      const targets = pattern.includes('/**') ? made : made.slice(0, 1);
      return targets.flatMap((target) =>
        methods.split(',').map((name) => ({ host, method: name, target, headers: [] })),
      );
    });
  });
  if (concrete.length === 0) return requestArbitrary;
  const aimed = fc
    .tuple(
      fc.constantFrom(...concrete),
      fc.array(header, { maxLength: 2 }),
      fc.constantFrom('', '', '', '/', 'X', '?a=1', '&a=1', ';', '%20', '%3A', '%3a0', '@a%2fb', '%2f'),
    )
    .map(([request, headers, tail]) => ({
      ...request,
      target: request.target + tail,
      headers,
    }));
  return fc.oneof(aimed, requestArbitrary);
}
