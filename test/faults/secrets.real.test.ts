import { observeInNamespace } from './namespace';
import type { SecretObservations } from './observe-secrets';
import { WAYS } from './ways';

let seen: SecretObservations;
beforeAll(() => {
  seen = observeInNamespace<SecretObservations>('secrets');
}, 180_000);

describe.each(WAYS)('over the %s way', (way) => {
  test.each(['missing', 'empty', 'revoked'] as const)(
    'a %s secret is refused, and nothing reaches the host',
    (state) => {
      const { status, head, body, arrivals } = seen[state][way];
      expect(status).toBe(503);
      expect(head).toMatch(/content-type: application\/json/i);
      expect(JSON.stringify(JSON.parse(body))).toContain('credential-unavailable');
      expect(arrivals).toEqual([]);
      // The control: the same request, once the secret is there.
      expect(seen.present[way].status).toBe(200);
      expect(seen.present[way].arrivals[0]?.headers['x-api-key']).toEqual([seen.source]);
    },
  );

  test('a secret changed under load is used within 3 s, no request fails, and the old one never comes back', () => {
    const { asked, failed, firstNewAfterMs, oldAfterNew } = seen.rotation[way];
    expect(asked).toBeGreaterThan(200);
    expect(failed).toBe(0);
    expect(firstNewAfterMs).toBeLessThan(3000);
    expect(oldAfterNew).toBe(0);
  });
});

test('a revoked secret is out of use within 3 s and never sent after that', () => {
  expect(seen.revokedWithinMs).toBeLessThan(3000);
  expect(seen.arrivalsAfterRevocation).toBe(0);
});

test('a proxy whose secret is revoked is still in service: the upstream is closed, the machine stays', () => {
  expect(seen.readiness).toEqual([200, 200]);
});
