import { eachObject } from '../faults/bootstrap-edit';
import type { Lab } from '../faults/lab';
import { prefixOf, WAYS } from '../faults/ways';
import {
  allowed,
  closed,
  observeCases,
  observeWithout,
  refused,
  type Cases,
  type Protections,
  type TableObservations,
} from './table';
import { raiseOrigin, withProxy, type Ask } from './world';

const STRIP = 'strip.up.example';
const KEEP = 'keep.up.example';
const MODEL = 'model.up.example';
const TENANT = 'tenant.up.example';
export const OURS = 'canary-ours-0123456789';

/** Wherever an agent could put a credential of its own. */
export const SLOTS = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'x-goog-api-key',
  'x-auth-token',
  'x-access-token',
  'private-token',
  'job-token',
  'x-amz-security-token',
  'x-goog-iam-authorization-token',
] as const;
/** What would change where a request goes or what it means after it was judged. */
export const STEERING = [
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
  'x-method-override',
  'x-forwarded-host',
  'x-forwarded-for',
  'x-envoy-original-path',
  'x-envoy-upstream-rq-timeout-ms',
  'forwarded',
  'via',
] as const;
export const FOREIGN = 'foreign-0123456789';

const plain = (host: string) => ({ host, ca: 'lab', prefix: prefixOf(host), rules: ['GET,POST /v1/messages'] });
const SETTING = {
  document: {
    policy: 1,
    name: 'headers',
    upstreams: [
      plain(STRIP),
      { ...plain(KEEP), agentCredentials: 'keep' },
      // The presets' own pins, on hosts of the lab.
      {
        use: 'anthropic',
        host: MODEL,
        ca: 'lab',
        prefix: prefixOf(MODEL),
        credential: { header: 'x-api-key', secret: 'key' },
      },
      {
        ...plain(TENANT),
        credential: { bearer: 'key' },
        headers: { deny: ['x-tenant', 'x-mode: admin*'], set: { 'x-workspace': 'ours' } },
      },
    ],
  },
  secrets: new Map([['key', OURS]]),
  ready: { host: TENANT },
};

const everything: Ask['headers'] = [...SLOTS, ...STEERING].map((name) => [name, FOREIGN] as const);
const denied = refused(403, 'header-denied');
const beta = (value: string): Ask['headers'] => [['anthropic-beta', value]];
const model = (headers: Ask['headers']): Ask => ({ host: MODEL, method: 'POST', body: '{}', headers: headers ?? [] });
const tenant = (...headers: readonly (readonly [string, string])[]): Ask => ({ host: TENANT, headers });
const query = (text: string): Ask => ({ host: STRIP, target: `/v1/messages?${text}` });

const LIST: readonly (readonly [string, Ask, Cases[string]['expected']])[] = [
  ['every slot and every steering header', { host: STRIP, headers: everything }, allowed],
  ['every slot where the agent’s own is kept', { host: KEEP, headers: everything }, allowed],
  ['every slot beside our own credential', { ...tenant(...(everything ?? [])) }, allowed],
  ['a key in the query where the agent’s own is kept', { host: KEEP, target: '/v1/messages?key=1' }, allowed],
  ['a beta that changes nothing', model(beta('prompt-caching-2024-07-31')), allowed],
  ['a header of ours with another value', tenant(['x-workspace', 'theirs']), allowed],
  ['a mode that isn’t denied', tenant(['x-mode', 'user']), allowed],
  ['a beta that fetches for the agent', model(beta('mcp-client-2025-04-04')), denied],
  ['a denied beta behind another', model(beta('prompt-caching-2024-07-31, mcp-client-2025-04-04')), denied],
  ['a denied beta in capitals', model(beta('MCP-Client-2025-04-04')), denied],
  ['a denied beta in a second header', model([...(beta('x') ?? []), ...(beta('files-api-2025-04-14') ?? [])]), denied],
  ['a denied header', tenant(['x-tenant', 'theirs']), denied],
  ['a denied header in capitals', tenant(['X-TENANT', 'theirs']), denied],
  ['a denied header without a value', tenant(['x-tenant', '']), denied],
  ['a denied value', tenant(['x-mode', 'administrator']), denied],
  ...['key', 'API_KEY', 'api-key', 'access_token', 'sig', 'X-Amz-Signature', 'x-goog-signature', 'token'].map(
    (key) => [`a query with ${key}`, query(`a=b&${key}=x`), refused(403, 'credential-in-query')] as const,
  ),
];

const underscore: Ask = { host: STRIP, headers: [['x_api_key', FOREIGN]] };

export const CASES: Cases = Object.fromEntries(
  WAYS.flatMap((way) =>
    ([1, 2] as const).flatMap((http) =>
      [...LIST, ['an underscore in a name', underscore, http === 1 ? refused(400) : closed()] as const].map(
        ([name, ask, expected]): [string, Cases[string]] => [
          `${name}, HTTP/${http}, ${way}`,
          { ask: { ...ask, way, http }, expected },
        ],
      ),
    ),
  ),
);

/** Whatever filter knows the reason. */
function unguarded(reason: string) {
  return (bootstrap: unknown): void => {
    let found = 0;
    eachObject(bootstrap, (object) => {
      if (reason in object) found++;
      delete object[reason];
    });
    if (found === 0) throw new Error(`expected a policy "${reason}", got none`);
  };
}

export const PROTECTIONS: Protections = {
  'the guard against headers': { stops: 'a denied header, HTTP/1, transparent', takeOut: unguarded('header-denied') },
  'the guard against betas': {
    stops: 'a denied beta behind another, HTTP/2, connect',
    takeOut: unguarded('header-denied'),
  },
  'the guard against keys in a query': {
    stops: 'a query with API_KEY, HTTP/1, transparent',
    takeOut: unguarded('credential-in-query'),
  },
};

export async function observe(lab: Lab): Promise<TableObservations> {
  const origin = await raiseOrigin(lab, [STRIP, KEEP, MODEL, TENANT]);
  const outcomes = await withProxy(lab, origin, SETTING, (proxy) => observeCases(proxy, CASES));
  const without = await observeWithout(lab, origin, SETTING, CASES, PROTECTIONS);
  origin.close();
  return { outcomes, without };
}
