import { observeInNamespace } from '../faults/namespace';
import { VALUE } from './booted-task';
import type { CrashObservations } from './observe-crash';

let seen: CrashObservations;
beforeAll(() => {
  seen = observeInNamespace<CrashObservations>('crash', __dirname);
}, 180_000);

describe('an Envoy of the synthesized task that crashes with a request in hand', () => {
  test('prints the injected credential to standard error, where the protection is taken away', () => {
    expect(seen.injected).toEqual([VALUE]);
    expect(seen.controlLeaks).toBe(true);
  });

  test('gives the log no credential', () => {
    expect(seen.leaks).toBe(false);
  });

  test('ends its container, with the exit code of the crash', () => {
    expect(seen.ends).toEqual([134, 134, 134, 134]);
  });
});

test('an Envoy that refuses its configuration says why in the container’s log', () => {
  expect(seen.refusal.code).toBe(1);
  expect(seen.refusal.text).toMatch(/\[critical\]\[main\].*no\s+such\s+field/s);
});
