import { observeInNamespace } from '../faults/namespace';
import { WAYS } from '../faults/ways';
import { testTable } from './judge';
import { CASES, PROTECTIONS, type SocketObservations } from './observe-websocket';
import { valuesOf } from './origin';

let seen: SocketObservations;
beforeAll(() => {
  seen = observeInNamespace<SocketObservations>('websocket', __dirname);
}, 180_000);

testTable(CASES, PROTECTIONS, () => seen);

describe.each(WAYS)('over the %s way', (way) => {
  test('frames flow both ways where the rule and `websocket: true` say so, with the credential in the handshake', () => {
    const { messages, outcome } = seen.echoed[way] ?? { messages: [] };
    expect(messages).toEqual(['one', 'two', 'x'.repeat(70_000)]);
    expect(valuesOf(outcome?.arrivals[0], 'authorization')).toEqual(['Bearer canary-socket-0123456789']);
    expect(outcome?.log).toMatchObject([{ decision: 'allow', status: 101 }]);
  });

  test('an upgrade to h2c is not followed and not forwarded', () => {
    const { status, arrivals } = seen.h2c[way] ?? {};
    expect(status).toBe(200);
    expect(arrivals).toHaveLength(1);
    expect(valuesOf(arrivals?.[0], 'upgrade')).toEqual([]);
    expect(valuesOf(arrivals?.[0], 'http2-settings')).toEqual([]);
    expect(valuesOf(arrivals?.[0], 'connection').join()).not.toMatch(/upgrade/i);
  });

  test('bytes behind an upgrade that the host did not take are no request there, and the next client gets its own answer', () => {
    const { first, second } = seen.smuggled[way] ?? {};
    expect(
      [...(first?.arrivals ?? []), ...(second?.arrivals ?? [])].map(({ method, target }) => `${method} ${target}`),
    ).toEqual(['GET /socket', 'GET /v1/messages']);
    expect(second).toMatchObject({ status: 200, body: 'ok' });
  });

  test('a switch of protocols that nobody asked for is not passed on', () => {
    expect(seen.unasked[way]?.status).not.toBe(101);
    expect(seen.unasked[way]?.status).not.toBe(200);
  });
});
