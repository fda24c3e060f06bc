import { observeInNamespace } from '../faults/namespace';
import { WAYS } from '../faults/ways';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { CASES, MAPPED, NEVER, PRIVATE, REACHED, SECRET } from './address-cases';
import { expectAllowed, testTable } from './judge';
import { FORBIDDEN, type AddressObservations } from './observe-addresses';
import { valuesOf } from './origin';
import { WILD_CASES, WILD_PROTECTIONS } from './wildcard-cases';

let seen: AddressObservations;
beforeAll(() => {
  seen = observeInNamespace<AddressObservations>('addresses', __dirname);
}, 180_000);

testTable(CASES, {}, () => seen);

test.each(Object.entries(REACHED))('a name that leads to %s is dialled at %s and nowhere else', (label, address) => {
  const outcomes = WAYS.map((way) => seen.outcomes[`a name that leads to ${label}, ${way}`]);
  // One dial for all ways: the connection is kept.
  expect(new Set(outcomes.flatMap((outcome) => outcome?.dialled))).toEqual(new Set([`${address}:443`]));
  for (const outcome of outcomes) expect(valuesOf(outcome?.arrivals[0], 'authorization')).toEqual([`Bearer ${SECRET}`]);
});

describe.each(Object.entries({ ...NEVER, ...PRIVATE }))('%s (%s)', (label, address) => {
  const dialled = [`${address}:443`];

  test('is never dialled for a passthrough host either', () => {
    expect(seen.opaque[label]).toMatchObject({ status: 0, arrivals: [], dialled: [], log: [{ decision: 'deny' }] });
  });

  test('is dialled with the credential once the address filter is taken out', () => {
    expect(seen.open.intercepted[label]?.dialled).toEqual(dialled);
    expect(valuesOf(seen.open.intercepted[label]?.arrivals[0], 'authorization')).toEqual([`Bearer ${SECRET}`]);
    expect(seen.open.opaque[label]?.dialled).toEqual(dialled);
  });
});

test.each(Object.keys(MAPPED))(
  '%s is dialled by nobody, and stopped by the filter before Envoy’s own socket does',
  (label) => {
    expect(seen.opaque[label]).toMatchObject({ status: 0, arrivals: [], dialled: [], log: [{ decision: 'deny' }] });
    const open = { status: 503, reason: 'upstream-unreachable', arrivals: [], dialled: [] };
    expect(seen.open.intercepted[label]).toMatchObject(open);
  },
);

test('a passthrough host at a public address is reached', () => {
  expectAllowed(seen.opaque['good']);
  expect(FORBIDDEN).not.toContain('good');
});

test('the range of Google’s metadata service is what stops it where a listed block covers it', () => {
  expect(seen.uncovered.dialled).toEqual(['fd20:ce::254:443']);
});

describe('a name whose address changes from a public to a private one', () => {
  test('is never dialled at the private one', () => {
    expect(seen.rebound.before.dialled).toEqual([`${UPSTREAM_ADDRESS}:443`]);
    expectAllowed(seen.rebound.before);
    // Envoy keeps the address it had; the new one is dropped.
    expect(seen.rebound.after.dialled).toEqual([`${UPSTREAM_ADDRESS}:443`]);
    expectAllowed(seen.rebound.after);
  });

  test('is dialled at the private one once the address filter is taken out', () => {
    expect(seen.open.rebound.before.dialled).toEqual([`${UPSTREAM_ADDRESS}:443`]);
    expect(seen.open.rebound.after.dialled).toEqual(['10.66.0.9:443']);
  });
});

describe('wildcards', () => {
  testTable(WILD_CASES, WILD_PROTECTIONS, () => ({ outcomes: seen.wild, without: seen.without }));
});
