import { observeInNamespace } from './namespace';
import { CLIENTS, SIZES, WAYS, type RefusalObservations } from './observe-refusals';

let seen: RefusalObservations;
beforeAll(() => {
  seen = observeInNamespace<RefusalObservations>('refusals');
}, 180_000);

const cases = CLIENTS.flatMap((client) =>
  WAYS.filter((way) => client !== 'an HTTP/2 client' || way === 'transparent').flatMap((way) =>
    SIZES.map((size) => [client, way, size] as const),
  ),
);

test.each(cases)('%s, %s, shows the refusal of a POST with %d bytes', (client, way, size) => {
  const text = seen.shown[`${client} ${way} ${size}`] ?? '';
  expect(text).toContain('403');
  expect(text).toContain('"reason":"no-rule-matched"');
});

test('nothing refused arrives upstream', () => {
  expect(seen.arrivals).toBe(0);
});
