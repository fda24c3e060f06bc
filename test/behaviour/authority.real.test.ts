import { observeInNamespace } from '../faults/namespace';
import { B, CASES, PROTECTIONS } from './authority-cases';
import { testTable } from './judge';
import { GREETINGS, SHARED, type AuthorityObservations } from './observe-authority';
import { VERSIONS } from './resumed';

let seen: AuthorityObservations;
beforeAll(() => {
  seen = observeInNamespace<AuthorityObservations>('authority', __dirname);
}, 180_000);

testTable(CASES, PROTECTIONS, () => seen);

test.each(SHARED)('each request of one %s connection is judged by its own authority', (protocol) => {
  const statuses = seen.shared[protocol]?.map(({ status, arrivals }) => [status, arrivals.length]);
  expect(statuses).toEqual([
    [200, 1],
    [421, 0],
    [421, 0],
    [200, 1],
  ]);
});

describe.each(VERSIONS)('a session of one host, offered to another by %s', (version) => {
  test('is resumed, and serves the host it was resumed for alone', () => {
    const { isReusedByA, isReusedByB, forA, forB } = seen.resumed[version] ?? {};
    expect({ isReusedByA, isReusedByB }).toEqual({ isReusedByA: true, isReusedByB: true });
    expect(forA).toMatchObject({
      status: 421,
      arrivals: [],
      log: [{ decision: 'deny', reason: 'authority-mismatch' }],
    });
    expect(forB).toMatchObject({ status: 200, arrivals: [{ serverName: B }], log: [{ decision: 'allow', host: B }] });
  });
});

const greetings = Object.entries(GREETINGS).map(([name, { served }]) => [name, served] as const);

test.each(greetings.filter(([, served]) => served))('a connection that begins with %s is served', (name) => {
  expect(seen.greetings[name]?.body).toBe('served');
});

test.each(greetings.filter(([name]) => name.startsWith('a passthrough')))(
  'what begins with %s is dialled only when it is served',
  (name, served) => {
    expect(seen.greetings[name]?.dialled).toHaveLength(served ? 1 : 0);
  },
);

test.each(greetings.filter(([, served]) => !served))(
  'a connection that begins with %s is closed, nothing is dialled, and it is logged',
  (name) => {
    const { body, dialled, log } = seen.greetings[name] ?? {};
    expect({ body, dialled }).toEqual({ body: 'refused', dialled: [] });
    expect(log).toMatchObject([{ decision: 'deny', reason: 'host-not-listed' }]);
  },
);
