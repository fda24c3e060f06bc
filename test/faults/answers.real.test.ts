import { observeInNamespace } from './namespace';
import { ECHOES, PLACES, STREAM_SECONDS, STREAM_WAYS, type AnswerObservations } from './observe-answers';

let seen: AnswerObservations;
beforeAll(() => {
  seen = observeInNamespace<AnswerObservations>('answers');
}, 180_000);

describe.each(ECHOES)('a host given a %s credential that says it back %s', (label, what, secret) => {
  test.each(PLACES)('in the %s gets it masked', (place) => {
    const key = `${label} ${what} ${place}`;
    const bare = secret.split(' ').at(-1) ?? '';
    expect(seen.scrubbed[key]).toMatch(/^200\n/);
    expect(seen.scrubbed[key]).toContain('you sent ');
    expect(seen.scrubbed[key]).toContain('just now');
    expect(seen.scrubbed[key]).not.toContain(bare);
    // The control: a policy that says `scrub: false` gets it through the same server.
    expect(seen.unscrubbed[key]).toContain(`you sent ${secret} just now`);
  });
});

test.each(STREAM_WAYS)('an event stream longer than 15 s is not cut: %s', (way) => {
  const { text, ms } = seen.streams[way] ?? { text: '', ms: 0 };
  expect(text).toContain('HTTP/1.1 200');
  expect([...text.matchAll(/data: (\d+)\n/g)].map(([, count]) => Number(count))).toEqual(
    Array.from({ length: STREAM_SECONDS }, (_, count) => count),
  );
  expect(ms).toBeGreaterThan(15_000);
});
