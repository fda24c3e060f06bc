import { gunzipSync } from 'node:zlib';
import { observeInNamespace } from '../faults/namespace';
import { WAYS } from '../faults/ways';
import { EVENTS, HUGE_BYTES, SECRETS, SPLITS, type ScrubObservations } from './observe-scrub';

let seen: ScrubObservations;
beforeAll(() => {
  seen = observeInNamespace<ScrubObservations>('scrub', __dirname);
}, 180_000);

const LABELS = ['plain', 'same', 'other'] as const;
const mask = (label: keyof typeof SECRETS) => '*'.repeat(SECRETS[label].length);

describe.each(LABELS)('what a host echoes of the secret %s', (label) => {
  test('is masked to its length, and comes through unscrubbed', () => {
    expect(seen.outcomes[`${label} length`]?.body).toBe(`you sent ${mask(label)}, yes ${mask(label)}.`);
    expect(seen.without[`${label} length`]?.body).toBe(`you sent ${SECRETS[label]}, yes ${SECRETS[label]}.`);
  });

  test('never comes in a trailer: none is passed on', () => {
    const { head = '', body = '' } = seen.outcomes[`${label} trailers`] ?? {};
    expect(body).toContain('body');
    expect(head + body).not.toContain(SECRETS[label]);
  });
});

test.each(['plain', 'same'] as const)('the secret %s is masked wherever the host cuts it in two', (label) => {
  const bodies = SPLITS(label).map((at) => seen.outcomes[`${label} split ${at}`]?.body);
  expect(bodies).toEqual(SPLITS(label).map(() => `<${mask(label)}>`));
  const bare = SPLITS(label).map((at) => seen.without[`${label} split ${at}`]?.body);
  expect(bare).toEqual(SPLITS(label).map(() => `<${SECRETS[label]}>`));
});

test('only the secret that a host was given is masked in its answers', () => {
  expect(seen.outcomes['plain foreign']?.body).toBe(`${mask('plain')} ${SECRETS.other}`);
  expect(seen.outcomes['other foreign']?.body).toBe(`${SECRETS.plain} ${mask('other')}`);
});

// What SECURITY.md says isn't found, so that a change of it is seen.
test.each([
  ['gzip', 200],
  ['error', 500],
] as const)(
  'a compressed answer (%s) arrives whole and unmasked, though the host was asked for none',
  (kind, status) => {
    const outcome = seen.outcomes[`plain ${kind}`];
    expect(outcome).toMatchObject({ status });
    expect(outcome?.arrivals[0]?.headers).toContainEqual(['accept-encoding', 'identity']);
    expect(gunzipSync(Buffer.from(outcome?.body ?? '', 'latin1')).toString()).toBe(`you sent ${SECRETS.plain}`);
  },
);

test.each(WAYS)('no event of a stream waits for the next, by the %s way', (way) => {
  const { text = '', lateMs = [] } = seen.events[way] ?? {};
  expect(text).not.toContain(SECRETS.plain);
  expect(text.split(mask('plain'))).toHaveLength(EVENTS + 1);
  expect(lateMs).toHaveLength(EVENTS);
  // An event that is held back comes with the next, two and a half seconds later.
  expect(Math.max(...lateMs)).toBeLessThan(2300);
});

test('200 MB full of secrets pass masked, in a few megabytes of memory', () => {
  expect(seen.huge.bytes).toBeGreaterThan(HUGE_BYTES);
  expect(seen.huge.leaked).toBe(false);
  expect(seen.huge.grownBytes).toBeLessThan(HUGE_BYTES / 4);
});
