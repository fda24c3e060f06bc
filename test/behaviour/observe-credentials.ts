import * as fs from 'node:fs';
import * as path from 'node:path';
import { setting, withoutFilters } from '../faults/bootstrap-edit';
import type { Lab } from '../faults/lab';
import { prefixOf, WAYS, type Way } from '../faults/ways';
import { checkSignature, type AwsAccount } from './aws-signature';
import type { Origin } from './origin';
import { raiseOrigin, withProxy, type Ask, type Outcome, type Proxy } from './world';

const AWS = 'bedrock.up.example';
const BARE = 'bare.up.example';
/** Kinds whose value the keeper fetches; here it is put in its file. */
export const FETCHED = ['oauth2', 'google', 'identity', 'github'] as const;
export const FOREIGN =
  'AWS4-HMAC-SHA256 Credential=foreign/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0';
const ACCOUNT: AwsAccount = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'canary-aws-secret-0123456789',
  sessionToken: 'canary-aws-session-0123456789',
  service: 'bedrock',
  region: 'eu-central-1',
};
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: ACCOUNT.accessKeyId,
  AWS_SECRET_ACCESS_KEY: ACCOUNT.secretAccessKey,
  AWS_SESSION_TOKEN: ACCOUNT.sessionToken,
};

const host = (kind: string) => `${kind}.up.example`;
const upstream = (name: string, credential: object | undefined, rules: readonly string[]) => ({
  host: name,
  ca: 'lab',
  prefix: prefixOf(name),
  rules,
  ...(credential === undefined ? {} : { credential }),
});
const DOCUMENT = {
  policy: 1,
  name: 'credentials',
  upstreams: [
    upstream(AWS, { sigv4: { service: ACCOUNT.service, region: ACCOUNT.region } }, ['GET,POST /model/**']),
    upstream(
      host('oauth2'),
      { oauth2: { tokenUrl: 'https://auth.example/token', clientId: 'agent', secret: 'client' } },
      ['GET /v1/messages'],
    ),
    upstream(host('google'), { googleAccessToken: {} }, ['GET /v1/messages']),
    upstream(host('identity'), { googleIdToken: {} }, ['GET /v1/messages']),
    upstream(host('github'), { githubApp: { appId: '1', installationId: '2', secret: 'app' } }, ['GET /v1/messages']),
    upstream(BARE, undefined, ['GET /v1/messages']),
  ],
  limits: { requestBytes: '4MiB' },
};

/** Requests that the proxy must sign, by a sentence's end. */
export const SIGNED: Readonly<Record<string, Ask>> = Object.fromEntries(
  WAYS.flatMap((way): [string, Ask][] => [
    [`a request without a body, ${way}`, { host: AWS, way, target: '/model/a/invoke' }],
    [`a request with a body, ${way}`, { host: AWS, way, method: 'POST', target: '/model/a/invoke', body: '{"a":1}' }],
    [`a body in chunks, ${way}`, { host: AWS, way, method: 'POST', target: '/model/a/invoke', body: ['{"a"', ':1}'] }],
    [
      `a content type, a query and a colon in the path, ${way}`,
      {
        host: AWS,
        way,
        method: 'POST',
        target: '/model/vendor.model-v2:1/invoke?b=2&a=x%20y',
        headers: [['content-type', 'application/json']],
        body: '{}',
      },
    ],
    [
      `a signature of the agent's own, ${way}`,
      {
        host: AWS,
        way,
        target: '/model/a/invoke',
        headers: [
          ['authorization', FOREIGN],
          ['x-amz-date', '20200101T000000Z'],
          ['x-amz-security-token', 'foreign'],
          ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
          ['x-amz-target', 'Other.Operation'],
        ],
      },
    ],
    [
      `a body of 2 MiB, ${way}`,
      { host: AWS, way, method: 'POST', target: '/model/a/invoke', body: 'x'.repeat(2 << 20) },
    ],
  ]),
);

export interface CredentialObservations {
  readonly signed: Readonly<Record<string, Outcome>>;
  /** What the service found wrong with a signature, by case. */
  readonly faults: Readonly<Record<string, string>>;
  readonly presigned: Readonly<Record<string, Outcome>>;
  readonly tooLarge: Outcome;
  /** The proxy has no credentials of its own. */
  readonly unsigned: Readonly<Record<string, Outcome>>;
  readonly unsignedUnguarded: Outcome;
  readonly fetched: Readonly<Record<string, Outcome>>;
  readonly unfetched: Readonly<Record<string, Outcome>>;
  readonly unfetchedAllowed: Outcome;
}

export async function observe(lab: Lab): Promise<CredentialObservations> {
  const origin = await raiseOrigin(lab, [AWS, BARE, ...FETCHED.map(host)]);
  const secrets = new Map([
    ['client', 'canary-client-0123456789'],
    ['app', 'canary-app-0123456789'],
  ]);
  const ready = { host: BARE };
  const without = { document: DOCUMENT, secrets, ready };
  const signing = { ...without, options: { environment: ENVIRONMENT } };
  const first = await withProxy(lab, origin, signing, async (proxy) => ({
    ...(await signatures(proxy, origin)),
    unfetched: await fetched(proxy, 'transparent'),
    fetched: await putTokens(proxy).then(() => fetched(proxy)),
  }));
  const unsigned = await withProxy(lab, origin, without, (proxy) =>
    every(WAYS, (way) =>
      proxy.ask({ host: AWS, way, target: '/model/a/invoke', headers: [['authorization', FOREIGN]] }),
    ),
  );
  const open = {
    ...without,
    edit: (bootstrap: unknown) => withoutFilters(bootstrap, 'Lua', ({ name }) => name === 'signed'),
  };
  const unsignedUnguarded = await withProxy(lab, origin, open, (proxy) =>
    proxy.ask({ host: AWS, target: '/model/a/invoke' }),
  );
  const lax = {
    ...without,
    edit: (bootstrap: unknown) => setting(bootstrap, 'allow_request_without_credential', true),
  };
  const unfetchedAllowed = await withProxy(lab, origin, lax, (proxy) => proxy.ask({ host: host('oauth2') }));
  origin.close();
  return { ...first, unsigned, unsignedUnguarded, unfetchedAllowed };
}

async function signatures(proxy: Proxy, origin: Origin) {
  let fault: string | undefined;
  origin.responds.set(AWS, async (_request, body, response) => {
    const arrival = origin.arrivals.at(-1);
    fault = arrival === undefined ? 'nothing arrived' : await checkSignature(arrival, body, ACCOUNT);
    response.writeHead(fault === undefined ? 200 : 403).end();
  });
  const faults: Record<string, string> = {};
  const signed: Record<string, Outcome> = {};
  for (const [name, ask] of Object.entries(SIGNED)) {
    fault = undefined;
    signed[name] = await proxy.ask(ask);
    if (fault !== undefined) faults[name] = fault;
  }
  const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=foreign&X-Amz-Signature=0';
  const presigned = await every(WAYS, (way) => proxy.ask({ host: AWS, way, target: `/model/a/invoke?${query}` }));
  const body = 'x'.repeat(5 << 20);
  const tooLarge = await proxy.ask({ host: AWS, method: 'POST', target: '/model/a/invoke', body });
  return { signed, faults, presigned, tooLarge };
}

/** Takes the keeper's place, which can't fetch anything here. */
async function putTokens(proxy: Proxy): Promise<void> {
  proxy.lab.keeper.stop();
  const manifest: { credentials: { file: string; credential: { kind: string } }[] } = JSON.parse(
    fs.readFileSync(path.join(proxy.lab.directory, 'keeper.json'), 'utf8'),
  );
  for (const { file, credential } of manifest.credentials) {
    const place = path.join(proxy.lab.directory, file);
    fs.writeFileSync(`${place}.new`, `Bearer canary-${credential.kind}-0123456789`);
    fs.renameSync(`${place}.new`, place);
  }
  await new Promise((resolve) => setTimeout(resolve, 2200));
}

async function fetched(proxy: Proxy, ...ways: readonly Way[]): Promise<Record<string, Outcome>> {
  const all = FETCHED.flatMap((kind) => (ways.length === 0 ? WAYS : ways).map((way) => [kind, way] as const));
  const outcomes: Record<string, Outcome> = {};
  for (const [kind, way] of all) {
    const headers = [['authorization', 'Bearer foreign'] as const];
    outcomes[`${kind} ${way}`] = await proxy.ask({ host: host(kind), way, headers });
  }
  return outcomes;
}

async function every<K extends string>(
  keys: readonly K[],
  ask: (key: K) => Promise<Outcome>,
): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  for (const key of keys) outcomes[key] = await ask(key);
  return outcomes;
}
