import { observeInNamespace } from '../faults/namespace';
import { WAYS } from '../faults/ways';
import { expectAllowed } from './judge';
import { BODIES, IDLE_SECONDS, LIMIT, RATE, STREAM_SECONDS, type LimitObservations } from './observe-limits';

let seen: LimitObservations;
beforeAll(() => {
  seen = observeInNamespace<LimitObservations>('limits', __dirname);
}, 180_000);

const BURSTS = WAYS.flatMap((way) => [`HTTP/1, ${way}`, `HTTP/2, ${way}`]);

describe.each(BURSTS)('requestsPerSecond over %s', (label) => {
  test('lets through what is allowed and answers the rest 429 with readable JSON', () => {
    const answers = seen.bursts[label] ?? [];
    const passed = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect(passed.length + refused.length).toBe(RATE * 3);
    // A burst may fall across two seconds.
    expect(passed.length).toBeGreaterThanOrEqual(RATE);
    expect(passed.length).toBeLessThanOrEqual(RATE * 2);
    for (const { body } of refused) expect(JSON.parse(body)).toMatchObject({ error: 'anchorhold', status: 429 });
  });

  test('counts each client by itself', () => {
    expect(seen.neighbours[label]?.status).toBe(200);
  });
});

test('only what was answered 200 arrived outside', () => {
  const answered = [...Object.values(seen.bursts).flat(), ...Object.values(seen.neighbours)];
  expect(seen.ratedArrivals).toBe(answered.filter(({ status }) => status === 200).length);
});

test('the rate limit is what stops the burst', () => {
  expect(seen.unrated.map(({ status }) => status)).toEqual(seen.unrated.map(() => 200));
});

describe('requestBytes', () => {
  const named = (wanted: number) => Object.keys(BODIES).filter((name) => BODIES[name]?.status === wanted);

  test.each(named(200))('passes a body %s', (name) => {
    expectAllowed(seen.bodies[name]);
    expect(seen.bodies[name]?.arrivals[0]).toMatchObject({ bodyBytes: LIMIT, whole: true });
  });

  test.each(named(413))('answers 413 to a body %s', (name) => {
    const { status, arrivals, body, log } = seen.bodies[name] ?? { arrivals: [], body: '' };
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ error: 'anchorhold', status: 413 });
    expect(log).toMatchObject([{ decision: 'deny', status: 413 }]);
    // Of a body of unknown length the host may have the head and a beginning, never a whole request.
    expect(arrivals.filter(({ whole }) => whole)).toEqual([]);
    if (BODIES[name]?.mayStart !== true) expect(arrivals).toEqual([]);
  });

  test('the size limit is what stops a larger body', () => {
    expect(seen.unlimited.arrivals).toMatchObject([{ bodyBytes: LIMIT + 1, whole: true }]);
  });
});

describe.each([...WAYS, 'passthrough transparent', 'passthrough connect'])('a stream over the %s way', (label) => {
  const opaque = label.startsWith('passthrough ') ? 'passthrough ' : '';
  const of = (limit: string) =>
    seen.streams[`${opaque}${limit}, ${label.replace('passthrough ', '')}`] ?? { text: '', ms: 0 };

  test('is cut at streamSeconds though it is busy', () => {
    const { text, ms } = of('streamSeconds');
    expect(text).toContain('event 1');
    expect(text).not.toContain('event 6');
    expect(ms).toBeGreaterThan(STREAM_SECONDS * 1000 - 500);
    expect(ms).toBeLessThan(STREAM_SECONDS * 1000 + 3000);
  });

  test('is cut at idleSeconds of silence', () => {
    const { text, ms } = of('idleSeconds');
    expect(text).toContain('event 0');
    expect(text).not.toContain('event 1');
    expect(ms).toBeLessThan(IDLE_SECONDS * 1000 + 3000);
  });

  test('outlasts idleSeconds when it is never silent so long', () => {
    expect(of('idleSeconds, never silent').text).toContain('event 4');
  });
});

test('streamSeconds is what cuts a busy stream', () => {
  expect(seen.uncut.text).toContain('event 4');
});

describe('a drain of the listeners', () => {
  test('lets a running stream come to its end', () => {
    expect(seen.drain.running).toContain('event 3');
  });

  test('takes no new connection', () => {
    expect(seen.drain.late.status).toBe(0);
  });

  test('leaves nothing that holds Envoy when it is told to end', () => {
    expect(seen.drain.exitMs).toBeLessThan(2000);
  });
});
