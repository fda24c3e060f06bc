import { observeInNamespace } from './namespace';
import type { DeathObservations } from './observe-deaths';
import { WAYS } from './ways';

let seen: DeathObservations;
beforeAll(() => {
  seen = observeInNamespace<DeathObservations>('deaths');
}, 180_000);

describe.each(WAYS.map((way, at) => [way, at] as const))('over the %s way', (_, at) => {
  test('with Envoy killed the agent is refused at once and nothing passes; started again it serves', () => {
    expect(seen.alive[at]?.status).toBe(200);
    expect(seen.envoyDead[at]).toMatchObject({ status: 0, arrivals: [] });
    expect(seen.envoyDead[at]?.body).toContain('ECONNREFUSED');
    expect(seen.envoyRestarted[at]?.status).toBe(200);
  });

  test('with the keeper killed Envoy goes on with the last good secret and opens nothing', () => {
    expect(seen.keeperDead[at]?.status).toBe(200);
    expect(seen.keeperDead[at]?.arrivals[0]?.headers['x-api-key']).toEqual([seen.source]);
    expect(seen.keeperDeadRefused[at]).toMatchObject({ status: 403, arrivals: [] });
    expect(seen.envoyRestartedWithoutKeeper[at]?.status).toBe(200);
  });
});
