import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { observeInNamespace } from './namespace';
import { BAD_CERTIFICATES, FORBIDDEN, type UpstreamObservations } from './observe-upstreams';

let seen: UpstreamObservations;
beforeAll(() => {
  seen = observeInNamespace<UpstreamObservations>('upstreams');
}, 180_000);

test('a host with the right certificate at a public address is reached with the credential', () => {
  expect(seen.good.status).toBe(200);
  expect(seen.good.arrivals[0]?.headers['authorization']).toEqual(['Bearer canary-0123456789']);
});

test.each(BAD_CERTIFICATES)('a host with a certificate that is %s gets no byte of HTTP', (label) => {
  expect(seen.certificates[label]?.status).toBe(503);
  expect(seen.certificates[label]?.arrivals).toEqual([]);
  expect(seen.spokenTo).toEqual(['good.up.example']);
});

describe.each(Object.entries(FORBIDDEN))('a name that leads to %s (%s)', (label, address) => {
  test('is refused, and the address is never dialled', () => {
    expect(seen.addresses[label]?.status).toBe(503);
    expect(seen.addresses[label]?.arrivals).toEqual([]);
    expect(seen.opaque[label]?.status).toBe(0);
    expect(seen.dialled).toEqual([UPSTREAM_ADDRESS]);
  });

  test('is dialled once the address filter is taken out, so its listener would have recorded it', () => {
    expect(seen.dialledWithoutFilter).toContain(address);
  });
});
