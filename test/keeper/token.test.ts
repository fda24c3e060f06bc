import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeeperSource } from '../../lib/envoy';
import { isMetadataAddress, isPublicAddress } from '../../lib/keeper/address';
import { type Keeper, startKeeper } from '../../lib/keeper/keeper';
import type { Servers } from '../../lib/keeper/request-json';
import type { KeeperRecord } from '../../lib/keeper/status';
import {
  type Answer,
  type Asked,
  bundleFile,
  endAll,
  endings,
  HandClock,
  manifestOf,
  rsaPem,
  temporaryDirectory,
  tokenServer,
  until,
} from './setting';

afterEach(endAll);
const SECRET = 'canary-secret-5e1d';
const TOKEN = 'canary-token-77aa';
const PEM = rsaPem();
const anywhere = { allowed: () => true };
const ok = (body: object, headers: Record<string, string> = {}): Answer => ({ body: JSON.stringify(body), headers });
const inAnHour = (clock: HandClock) => new Date(clock.now() + 3_600_000).toISOString();

type Server = Awaited<ReturnType<typeof tokenServer>>;
type Kind = 'oauth2' | 'googleAccessToken' | 'githubApp';

/** How each kind asks and is answered. */
const KINDS: Readonly<Record<Kind, Shape>> = {
  oauth2: {
    secret: SECRET,
    source: ({ url }) => ({
      kind: 'oauth2',
      tokenUrl: `${url}/token`,
      clientId: 'agent',
      secret: 'key',
      scopes: ['a', 'b'],
    }),
    servers: () => anywhere,
    good: (token) => ok({ access_token: token, token_type: 'bearer', expires_in: 3600 }),
  },
  googleAccessToken: {
    secret: '',
    source: () => ({ kind: 'googleAccessToken', scopes: ['https://scope.example/a'] }),
    servers: ({ url }) => ({ ...anywhere, metadata: url }),
    good: (token) =>
      ok({ access_token: token, token_type: 'Bearer', expires_in: 3600 }, { 'metadata-flavor': 'Google' }),
  },
  githubApp: {
    secret: PEM,
    source: () => ({ ...GITHUB_APP }),
    servers: ({ url }) => ({ ...anywhere, github: url }),
    good: (token, clock) => ({ status: 201, ...ok({ token, expires_at: inAnHour(clock) }) }),
  },
};
const GITHUB_APP = {
  kind: 'githubApp',
  appId: '12',
  installationId: '34',
  secret: 'key',
  repositories: ['acme/web'],
  permissions: { contents: 'read' },
} as const;

interface Shape {
  readonly secret: string;
  readonly source: (server: Server) => KeeperSource;
  readonly servers: (server: Server) => Servers;
  readonly good: (token: string, clock: HandClock) => Answer;
}

interface Started {
  readonly keeper: Keeper;
  readonly clock: HandClock;
  readonly server: Server;
  readonly log: KeeperRecord[];
  readonly source: { now: string };
  readonly value: () => string;
  readonly problem: () => string | undefined;
}

async function started(
  kind: Kind,
  answer: (asked: Asked, clock: HandClock) => Answer | Promise<Answer>,
  more: { servers?: Servers; source?: KeeperSource; host?: string; roots?: string[] } = {},
): Promise<Started> {
  const clock = new HandClock(Date.now());
  const server = await tokenServer((asked) => answer(asked, clock), {
    secure: kind !== 'googleAccessToken',
    host: more.host ?? 'localhost',
  });
  const shape = KINDS[kind];
  const directory = temporaryDirectory();
  const log: KeeperRecord[] = [];
  const source = { now: shape.secret, read: () => Promise.resolve(source.now) };
  const keeper = startKeeper({
    manifest: manifestOf(more.source ?? shape.source(server)),
    directory,
    sources: kind === 'googleAccessToken' ? {} : { key: source },
    publicRoots: bundleFile(more.roots ?? server.roots),
    servers: { deadline: 2000, ...(more.servers ?? shape.servers(server)) },
    clock,
    log: (record) => log.push(record),
  });
  endings.push(() => keeper.stop());
  const value = () => readFileSync(join(directory, 'credentials/one/value'), 'utf8');
  return { keeper, clock, server, log, source, value, problem: () => keeper.status().credentials[0]?.problem };
}

describe.each(['oauth2', 'googleAccessToken', 'githubApp'] as const)('token of kind %s', (kind) => {
  const { good } = KINDS[kind];

  it('is fetched, written as a bearer value, and then the keeper is ready', async () => {
    const { keeper, value, server } = await started(kind, (_, clock) => good(TOKEN, clock));
    await keeper.ready;
    expect(value()).toBe(`Bearer ${TOKEN}`);
    expect(server.asked).toHaveLength(1);
    expect(keeper.status().credentials[0]?.expires).toBeDefined();
  });

  it('is renewed at half of its life, not before, and a failure then leaves it until it expires', async () => {
    let number = 0;
    let fails = false;
    const { keeper, clock, value, server, problem } = await started(kind, (_, now) =>
      fails ? { status: 500, body: 'down' } : good(`${TOKEN}-${++number}`, now),
    );
    await keeper.ready;
    clock.advance(1790);
    await until(() => true, 'a turn');
    expect(server.asked).toHaveLength(1);
    clock.advance(20);
    await until(() => value() === `Bearer ${TOKEN}-2`, 'the second token');
    fails = true;
    clock.advance(1850);
    await until(() => problem() !== undefined, 'the failure');
    expect(problem()).toMatch(/expected status 200 or 201, got 500 \[answer-status\]/);
    expect(value()).toBe(`Bearer ${TOKEN}-2`);
    expect(keeper.status().ready).toBe(true);
    clock.advance(1800);
    await until(() => value() === '', 'the file emptied');
    expect(keeper.status().missing).toEqual(['credential one']);
    fails = false;
    await until(() => {
      clock.advance(61);
      return value() === `Bearer ${TOKEN}-3`;
    }, 'the recovery');
  });

  it.each<[string, string, (clock: HandClock) => Answer | Promise<Answer>]>([
    [
      'an error answer that quotes the secret',
      'answer-status',
      () => ({ status: 401, body: `{"error":"bad ${SECRET}"}` }),
    ],
    ['an answer that is no JSON', 'answer-malformed', () => ({ body: `${TOKEN} is no JSON` })],
    ['a list', 'answer-malformed', () => ({ body: `["${TOKEN}"]`, headers: { 'metadata-flavor': 'Google' } })],
    ['no token', 'token-malformed', (clock) => ({ ...good('', clock) })],
    ['a token that would be a second header', 'token-malformed', (clock) => good(`${TOKEN}\r\nx-admin: 1`, clock)],
    ['a token beyond ASCII', 'token-malformed', (clock) => good(`${TOKEN}ü`, clock)],
    ['an answer of 300 KiB', 'answer-too-large', (clock) => good('a'.repeat(300_000), clock)],
    ['no answer in time', 'unreachable', () => new Promise(() => undefined)],
    ['a life that is no number', 'token-malformed', (clock) => withLife(good(TOKEN, clock), 'soon', 'soon')],
    ['a life that is over', 'token-malformed', (clock) => withLife(good(TOKEN, clock), -1, '2020-01-01T00:00:00Z')],
  ])('stays closed on %s, and tells nothing of either side', async (_what, code, answer) => {
    const { keeper, value, log, problem } = await started(kind, (_asked, clock) => answer(clock));
    await until(() => log.some(({ event }) => event === 'problem'), 'a problem');
    expect(problem()).toContain(`[${code}]`);
    expect(value()).toBe('');
    expect(keeper.status().ready).toBe(false);
    expect(JSON.stringify([log, keeper.status()])).not.toMatch(/canary/);
  });

  it('follows no redirect, so that the secret goes nowhere else', async () => {
    const elsewhere = await tokenServer(() => ok({ access_token: TOKEN, token_type: 'bearer' }));
    const { value, log, problem } = await started(kind, () => ({
      status: 307,
      headers: { location: `${elsewhere.url}/token` },
      body: '',
    }));
    await until(() => log.some(({ event }) => event === 'problem'), 'a problem');
    expect(problem()).toContain('got 307 [answer-status]');
    expect(value()).toBe('');
    expect(elsewhere.asked).toEqual([]);
  });
});

function withLife(answer: Answer, seconds: unknown, date: string): Answer {
  const body: Record<string, unknown> = JSON.parse(answer.body) as Record<string, unknown>;
  return { ...answer, body: JSON.stringify({ ...body, expires_in: seconds, expires_at: date }) };
}

describe('a token server', () => {
  const token = (_: Asked, clock: HandClock) => KINDS.oauth2.good(TOKEN, clock);
  const closedBy = async ({ log, value, problem, server }: Started): Promise<string | undefined> => {
    await until(() => log.some(({ event }) => event === 'problem'), 'a problem');
    expect(value()).toBe('');
    expect(server.asked).toEqual([]);
    return problem();
  };

  it('is refused with a certificate of another authority, and never asked', async () => {
    const other = await tokenServer(() => ok({}));
    expect(await closedBy(await started('oauth2', token, { roots: other.roots }))).toMatch(/\[unreachable\]/);
  });

  it('is refused with a certificate of another name, and never asked', async () => {
    expect(await closedBy(await started('oauth2', token, { host: 'other.example' }))).toContain(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  it('is refused when its name resolves to a local address, and never asked', async () => {
    expect(await closedBy(await started('oauth2', token, { servers: {} }))).toContain('[address-not-allowed]');
  });

  it('is refused at a local address written into its URL', async () => {
    const source: KeeperSource = {
      kind: 'oauth2',
      tokenUrl: 'https://127.0.0.1:1/token',
      clientId: 'agent',
      secret: 'key',
      scopes: [],
    };
    expect(await closedBy(await started('oauth2', token, { servers: {}, source }))).toContain('[address-not-allowed]');
  });

  it('is refused over clear HTTP', async () => {
    const source: KeeperSource = {
      kind: 'oauth2',
      tokenUrl: 'http://localhost/token',
      clientId: 'agent',
      secret: 'key',
      scopes: [],
    };
    expect(await closedBy(await started('oauth2', token, { source }))).toContain('[token-url-not-https]');
  });

  it('is told in the form of RFC 6749 who asks', async () => {
    const { keeper, server } = await started('oauth2', token);
    await keeper.ready;
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/token' });
    expect(Object.fromEntries(new URLSearchParams(server.asked[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'agent',
      client_secret: SECRET,
      scope: 'a b',
    });
  });

  it.each(['mac', undefined])('is not believed when the token is of type %s', async (type) => {
    const { log, value } = await started('oauth2', () => ok({ access_token: TOKEN, token_type: type, expires_in: 60 }));
    await until(() => log.some(({ event }) => event === 'problem'), 'a problem');
    expect(value()).toBe('');
  });

  it('gets a new secret at once, and its answer to the old one is thrown away', async () => {
    const held: ((answer: Answer) => void)[] = [];
    const { clock, source, value, server } = await started(
      'oauth2',
      () => new Promise((resolve) => held.push(resolve)),
    );
    await until(() => held.length === 1, 'the first question');
    source.now = 'canary-second';
    clock.advance(1);
    await until(() => held.length === 2, 'the second question');
    held[1]?.(KINDS.oauth2.good('second', clock));
    await until(() => value() === 'Bearer second', 'the second token');
    held[0]?.(KINDS.oauth2.good('first', clock));
    await until(() => true, 'a turn');
    expect(value()).toBe('Bearer second');
    expect(server.asked[1]?.body).toContain('client_secret=canary-second');
  });

  it('is not asked with a revoked secret, whose token is emptied at once', async () => {
    const { keeper, clock, source, value, server } = await started('oauth2', token);
    await keeper.ready;
    source.now = '';
    clock.advance(1);
    await until(() => value() === '', 'the revocation');
    const asked = server.asked.length;
    for (let second = 0; second < 5; second++) {
      clock.advance(1000);
      await until(() => true, 'a turn');
    }
    expect(server.asked).toHaveLength(asked);
  });
});

describe('the metadata server', () => {
  it('is asked as Google wants it, for the scopes of the policy', async () => {
    const { keeper, server } = await started('googleAccessToken', (_, clock) =>
      KINDS.googleAccessToken.good(TOKEN, clock),
    );
    await keeper.ready;
    expect(server.asked[0]?.headers['metadata-flavor']).toBe('Google');
    expect(server.asked[0]?.path).toBe(
      '/computeMetadata/v1/instance/service-accounts/default/token?scopes=https%3A%2F%2Fscope.example%2Fa',
    );
  });

  it('is not believed without its header', async () => {
    const { log, value, problem } = await started('googleAccessToken', (_, clock) => KINDS.oauth2.good(TOKEN, clock));
    await until(() => log.some(({ event }) => event === 'problem'), 'a problem');
    expect(problem()).toContain('[not-metadata-server]');
    expect(value()).toBe('');
  });
});

describe("GitHub's token", () => {
  const token = (_: Asked, clock: HandClock) => KINDS.githubApp.good(TOKEN, clock);

  it('is bought with a signed proof and narrowed to what the policy names', async () => {
    const { keeper, server, clock } = await started('githubApp', token);
    await keeper.ready;
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: 'POST', path: '/app/installations/34/access_tokens' });
    expect(JSON.parse(asked?.body ?? '')).toEqual({ repositories: ['web'], permissions: { contents: 'read' } });
    const [head = '', body = '', signature = ''] = (asked?.headers.authorization ?? '')
      .replace('Bearer ', '')
      .split('.');
    expect(
      verify('sha256', Buffer.from(`${head}.${body}`), createPublicKey(PEM), Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const seconds = Math.floor(clock.now() / 1000);
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({
      iss: '12',
      iat: seconds - 60,
      exp: seconds + 540,
    });
  });

  it('travels as a password to git', async () => {
    const { keeper, value } = await started('githubApp', token, { source: { ...GITHUB_APP, form: 'basic' } });
    await keeper.ready;
    expect(value()).toBe(`Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`);
  });

  it.each([
    ['garbage', `${SECRET} is no key`],
    ['a key cut off', PEM.slice(0, 400)],
  ])('is not asked for with %s, which no message quotes', async (_what, text) => {
    const { keeper, clock, source, server, value, log, problem } = await started('githubApp', token);
    await keeper.ready;
    source.now = text;
    clock.advance(1);
    await until(() => value() === '', 'the file emptied');
    expect(problem()).toContain('[secret-not-a-key]');
    expect(server.asked).toHaveLength(1);
    expect(JSON.stringify(log)).not.toContain(text.slice(0, 20));
  });
});

describe('address', () => {
  it.each(['93.184.216.34', '2606:2800:220:1::1'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    '::ffff:10.0.0.1',
    'fe80::1',
    'fd00::1',
    'fd20:ce::254',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('is the metadata server at two addresses and no other', () => {
    expect(['169.254.169.254', 'fd20:ce::254', '169.254.169.253', '127.0.0.1'].map(isMetadataAddress)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
