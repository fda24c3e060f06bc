import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../../lib/keeper/authority';
import { startKeeper } from '../../lib/keeper/keeper';
import type { KeeperRecord } from '../../lib/keeper/status';
import {
  type Answer,
  bundleFile,
  endAll,
  endings,
  HandClock,
  manifestOf,
  temporaryDirectory,
  tokenServer,
  until,
} from './setting';

afterEach(endAll);

const AUDIENCE = 'https://tool-123456789012.europe-west1.run.app';
const METADATA = { 'metadata-flavor': 'Google' };

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.canary-signature`;
}

const good = (clock: HandClock, more: object = {}): Answer => ({
  headers: METADATA,
  body: jwt({ aud: AUDIENCE, exp: clock.now() / 1000 + 3600, ...more }),
});

async function started(answer: (clock: HandClock) => Answer | Promise<Answer>) {
  const clock = new HandClock(Date.now());
  const server = await tokenServer(() => answer(clock), { secure: false });
  const directory = temporaryDirectory();
  const log: KeeperRecord[] = [];
  const keeper = startKeeper({
    manifest: manifestOf({ kind: 'googleIdToken', audience: AUDIENCE }),
    directory,
    sources: {},
    publicRoots: bundleFile([Authority.create(Date.now()).certificate]),
    servers: { deadline: 2000, allowed: () => true, metadata: server.url },
    clock,
    log: (record) => log.push(record),
  });
  endings.push(() => keeper.stop());
  const value = () => readFileSync(join(directory, 'credentials/one/value'), 'utf8');
  return { keeper, clock, server, log, value, problem: () => keeper.status().credentials[0]?.problem };
}

describe('an identity token', () => {
  it('is asked of the metadata server for the upstream’s own audience, and written as a bearer value', async () => {
    const { keeper, server, value, clock } = await started((now) => good(now));
    await keeper.ready;
    expect(value()).toBe(`Bearer ${good(clock).body}`);
    const [asked] = server.asked;
    expect(asked?.path).toBe(
      `/computeMetadata/v1/instance/service-accounts/default/identity?audience=${encodeURIComponent(AUDIENCE)}`,
    );
    expect(asked?.headers['metadata-flavor']).toBe('Google');
  });

  it('lives as long as it says, and its file is emptied when no new one comes', async () => {
    let down = false;
    const { keeper, clock, value } = await started((now) => (down ? { status: 503, body: '' } : good(now)));
    await keeper.ready;
    down = true;
    clock.advance(3590);
    expect(value()).not.toBe('');
    clock.advance(20);
    await until(() => value() === '', 'the file emptied');
    expect(keeper.status().missing).toEqual(['credential one']);
  });

  it.each<[string, string, (clock: HandClock) => Answer | Promise<Answer>]>([
    ['of another server than Google’s', 'not-metadata-server', (clock) => ({ ...good(clock), headers: {} })],
    ['for another audience', 'token-malformed', (clock) => good(clock, { aud: 'https://other.example' })],
    ['for a list of audiences', 'token-malformed', (clock) => good(clock, { aud: [AUDIENCE] })],
    ['that is over', 'token-malformed', (clock) => good(clock, { exp: clock.now() / 1000 - 1 })],
    ['without an end', 'token-malformed', (clock) => good(clock, { exp: undefined })],
    ['that is none', 'token-malformed', () => ({ headers: METADATA, body: 'canary, no token' })],
    [
      'with a line break in it',
      'token-malformed',
      (clock) => ({ headers: METADATA, body: `${good(clock).body}\r\nx: 1.b.c` }),
    ],
    ['of nothing', 'token-malformed', () => ({ headers: METADATA, body: '' })],
    ['past 16 KiB', 'answer-too-large', () => ({ headers: METADATA, body: 'a'.repeat(20_000) })],
    ['that never comes', 'unreachable', () => new Promise(() => undefined)],
    ['refused', 'answer-status', () => ({ status: 404, headers: METADATA, body: 'canary' })],
    ['elsewhere', 'answer-status', () => ({ status: 302, headers: { location: 'http://other.example/' }, body: '' })],
  ])('%s leaves the upstream closed, and nothing is told of it', async (_, code, answer) => {
    const { keeper, value, log, problem } = await started(answer);
    await until(() => log.some(({ event }) => event === 'problem'), 'a problem');
    expect(problem()).toContain(`[${code}]`);
    expect(value()).toBe('');
    expect(keeper.status().ready).toBe(false);
    expect(JSON.stringify([log, keeper.status()])).not.toContain('canary');
  });
});
