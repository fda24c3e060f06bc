import type { Case, Cases, Protections, TableObservations } from './table';
import type { Outcome } from './world';

/** A test for each case and, for each protection, one that its probe passes without it. */
export function testTable(cases: Cases, protections: Protections, seen: () => TableObservations): void {
  const named = (wanted: (expected: Case['expected']) => boolean) =>
    Object.entries(cases)
      .filter(([, { expected }]) => wanted(expected))
      .map(([name]) => [name] as const);
  test.each(named(({ kind }) => kind === 'allowed'))('lets through %s', (name) => {
    expectAllowed(seen().outcomes[name]);
  });
  test.each(named(({ kind }) => kind !== 'allowed'))('refuses %s', (name) => {
    expectRefused(cases[name]?.expected, seen().outcomes[name]);
  });
  const taken = Object.entries(protections).map(([name, { stops }]) => [name, stops] as const);
  if (taken.length === 0) return;
  test.each(taken)('%s is what stops %s', (name) => {
    expect(seen().without[name]?.arrivals ?? []).toHaveLength(1);
  });
}

/** One request outside, and one line that says so. */
export function expectAllowed(outcome: Outcome | undefined): void {
  expect(outcome).toMatchObject({ status: 200, arrivals: [expect.anything()] });
  expect(outcome?.log).toMatchObject([{ decision: 'allow' }]);
}

/** Nothing outside, the answer and the log as expected. `connected`: refused on the open connection, before its first byte. */
export function expectRefused(
  expected: Case['expected'] | undefined,
  outcome: Outcome | undefined,
  connected = false,
): void {
  if (expected === undefined || expected.kind === 'allowed') throw new Error('expected a case that is refused');
  const { reason } = expected;
  expect(outcome?.arrivals).toEqual([]);
  if (!connected) expect(outcome?.dialled).toEqual([]);
  expect(outcome?.status).toBe(expected.kind === 'closed' ? 0 : expected.status);
  if (expected.kind === 'refused' && reason !== undefined) expect(outcome?.reason).toBe(reason);
  expect(outcome?.log).toMatchObject([{ decision: 'deny', reason: reason ?? expect.stringMatching(/./) }]);
}
