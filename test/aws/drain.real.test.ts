import { observeInNamespace } from '../faults/namespace';
import type { DrainObservations } from './observe-drain';

let seen: DrainObservations;
beforeAll(() => {
  seen = observeInNamespace<DrainObservations>('drain', __dirname);
}, 180_000);

describe('the synthesized task, told to stop', () => {
  test('lets an event stream of ten seconds finish, takes no new connection meanwhile, and ends', () => {
    expect(seen.drained).toEqual({ stream: { events: 10, code: 0 }, end: 0, takesNew: false });
  });

  test('would cut it, were Envoy told itself', () => {
    expect(seen.undrained.stream.events).toBeLessThan(10);
    expect(seen.undrained.stream.code).not.toBe(0);
  });

  test('isn’t held up by a tunnel at rest', () => {
    // Far below the bound of 110 seconds, on however busy a machine.
    expect({ end: seen.idle.end, soon: seen.idle.took < 30_000 }).toEqual({ end: 0, soon: true });
  });
});
