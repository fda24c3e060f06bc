import { observeInNamespace } from '../faults/namespace';
import { WAYS } from '../faults/ways';
import { expectAllowed, expectRefused } from './judge';
import { FETCHED, FOREIGN, SIGNED, type CredentialObservations } from './observe-credentials';
import { valuesOf } from './origin';
import { refused } from './table';

let seen: CredentialObservations;
beforeAll(() => {
  seen = observeInNamespace<CredentialObservations>('credentials', __dirname);
}, 180_000);

describe('sigv4', () => {
  test.each(Object.keys(SIGNED))('signs %s so that an independent verifier agrees', (name) => {
    expect(seen.faults[name]).toBeUndefined();
    expectAllowed(seen.signed[name]);
    const arrival = seen.signed[name]?.arrivals[0];
    expect(valuesOf(arrival, 'authorization')).toHaveLength(1);
    expect(valuesOf(arrival, 'authorization')).not.toContain(FOREIGN);
    expect(valuesOf(arrival, 'x-amz-target')).toEqual([]);
    expect(JSON.stringify(arrival)).not.toContain('foreign');
  });

  test.each(WAYS)('refuses a query that was signed by somebody else, %s', (way) => {
    expectRefused(refused(403, 'credential-in-query'), seen.presigned[way]);
  });

  test('answers 413 to a body past the limit, and sends nothing', () => {
    expect(seen.tooLarge).toMatchObject({ status: 413, arrivals: [], log: [{ decision: 'deny' }] });
  });

  test.each(WAYS)('without credentials of its own refuses, and the signature of the agent goes nowhere, %s', (way) => {
    expectRefused(refused(503, 'credential-unavailable'), seen.unsigned[way], true);
  });

  test('the guard after the signer is what stops it: without it the request goes out unsigned', () => {
    expect(seen.unsignedUnguarded.arrivals).toHaveLength(1);
    expect(valuesOf(seen.unsignedUnguarded.arrivals[0], 'authorization')).toEqual([]);
  });
});

describe.each(FETCHED)('a token of the kind %s', (kind) => {
  const value: Readonly<Record<string, string>> = {
    oauth2: 'oauth2',
    google: 'googleAccessToken',
    identity: 'googleIdToken',
    github: 'githubApp',
  };

  test.each(WAYS)('is sent in the place of the agent’s own once it is in its file, %s', (way) => {
    const outcome = seen.fetched[`${kind} ${way}`];
    expectAllowed(outcome);
    expect(valuesOf(outcome?.arrivals[0], 'authorization')).toEqual([`Bearer canary-${value[kind]}-0123456789`]);
  });

  test('is refused while nobody could fetch it, and nothing goes out', () => {
    expectRefused(refused(503, 'credential-unavailable'), seen.unfetched[`${kind} transparent`]);
  });
});

test('the injector’s refusal is what stops a request without its token', () => {
  expect(seen.unfetchedAllowed.arrivals).toHaveLength(1);
  expect(valuesOf(seen.unfetchedAllowed.arrivals[0], 'authorization')).toEqual([]);
});
