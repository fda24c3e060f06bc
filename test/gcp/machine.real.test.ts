import { observeInNamespace } from '../faults/namespace';
import type { MachineObservations } from './observe-machine';

let seen: MachineObservations;
beforeAll(() => {
  seen = observeInNamespace<MachineObservations>('machine', __dirname);
}, 180_000);

describe('the machine’s units, run with a real Envoy', () => {
  test('an Envoy that crashes prints the injected credential to standard error alone, and that goes nowhere', () => {
    expect(seen.leaked).toEqual({ out: false, err: true });
    expect(seen.standardError).toBe('null');
  });

  test('the stop lets an event stream finish, then Envoy ends', () => {
    expect(seen.drained).toEqual({ stream: { events: 4, code: 0 }, end: 0 });
  });

  test('the stop ends a stream that won’t at the bound, and had waited until then', () => {
    const { end, stream } = seen.bounded;
    expect(end).toBe(0);
    expect(stream.events).toBeGreaterThan(1);
    expect(stream.events).toBeLessThan(60);
    expect(stream.code).not.toBe(0);
  });
});
