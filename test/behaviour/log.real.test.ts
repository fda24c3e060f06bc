import { observeInNamespace } from '../faults/namespace';
import { FORGERIES, HIDDEN, SECRET, type LogObservations } from './observe-log';

let seen: LogObservations;
beforeAll(() => {
  seen = observeInNamespace<LogObservations>('log', __dirname);
}, 180_000);

test('no text that an agent writes anywhere makes a second record or breaks one', () => {
  expect(seen.forgeries).toBe(Object.keys(FORGERIES).length);
  expect(seen.faults).toEqual({});
});

test('a TLS name is logged once, as one record, whatever stands in it', () => {
  for (const [what, { log, dialled }] of Object.entries(seen.names)) {
    expect({ what, log, dialled }).toMatchObject({
      log: [{ decision: 'deny', reason: 'host-not-listed' }],
      dialled: [],
    });
  }
});

test('a refused tunnel is logged once, when it is refused', () => {
  expect(seen.tunnel.log).toMatchObject([
    { decision: 'deny', reason: 'host-not-listed', host: 'evil.example:443', method: 'CONNECT' },
  ]);
});

test('a tunnel whose TLS name is another is logged once, when it is refused', () => {
  expect(seen.heldTunnel.log).toMatchObject([{ decision: 'deny', reason: 'authority-mismatch' }]);
});

test('no query, no header of the agent’s and no secret stands in the log or in what Envoy says', () => {
  expect(seen.alive).toMatchObject({ status: 200, arrivals: [{ target: `/v1/a?${HIDDEN}=1` }] });
  expect(seen.text).toContain('"path":"/v1/a"');
  for (const text of [seen.text, seen.errors]) {
    expect(text).not.toContain(HIDDEN);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('foreign-0123456789');
  }
});

test('the proxy is still the same and serves', () => {
  expect(seen.alive.log).toMatchObject([{ decision: 'allow', status: 200 }]);
});
