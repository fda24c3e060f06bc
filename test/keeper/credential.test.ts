import { Credential } from '../../lib/keeper/credential';
import { CredentialFile } from '../../lib/keeper/credential-file';
import { WatchedSecret } from '../../lib/keeper/watched-secret';
import { KeeperError } from '../../lib/keeper/keeper-error';
import type { Rendered } from '../../lib/keeper/render';

interface Held {
  readonly credential: Credential;
  readonly written: string[];
  readonly file: CredentialFile;
  now: number;
}

function held(render: (text: string) => Promise<Rendered>): Held {
  const written: string[] = [];
  const file = new CredentialFile(
    'one',
    (value) => written.push(value),
    () => undefined,
  );
  const state: Held = { file, written, now: 0, credential: new Credential(file, 'key', render, () => state.now) };
  return state;
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The seconds in which it was asked, of so many. */
async function asked(seconds: number, render: () => Promise<Rendered>): Promise<number[]> {
  const times: number[] = [];
  const state = held(() => (times.push(state.now / 1000), render()));
  state.credential.take('x');
  for (; state.now < seconds * 1000; state.now += 1000) {
    state.credential.beat(state.now);
    await turn();
  }
  return times;
}

it('asks again 1, 2, 4 … seconds after a failure, at most once a minute, for ever', async () => {
  expect(await asked(260, () => Promise.reject(new Error('down')))).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
});

it('renews at half of what is left, in steps no shorter than a beat', async () => {
  // A metadata server hands out the same token until shortly before its end.
  expect(await asked(64, () => Promise.resolve({ value: 'v', expiresAt: 64_000 }))).toEqual([
    0, 32, 48, 56, 60, 62, 63,
  ]);
});

it('asks once only while an answer is under way', async () => {
  expect(await asked(30, () => new Promise(() => undefined))).toEqual([0]);
});

it('renders a value without an end once', async () => {
  expect(await asked(30, () => Promise.resolve({ value: 'v' }))).toEqual([0]);
});

describe('a secret that was good', () => {
  const watched = (read: () => Promise<string>, state: Held): WatchedSecret =>
    new WatchedSecret(
      'key',
      { read, everySeconds: 60 },
      [state.credential],
      () => state.now,
      new AbortController().signal,
    );

  it.each([
    ['is used for an hour while its source cannot be asked', new Error('down'), 3599, 'v'],
    ['is emptied when no source confirmed it for an hour', new Error('down'), 3600, ''],
    ['is emptied at once when its source says that it is gone', new KeeperError('gone', 'answer-status', true), 61, ''],
  ])('%s', async (_what, failure, seconds, left) => {
    let good = true;
    const state = held((text) => Promise.resolve({ value: text }));
    const secret = watched(() => (good ? Promise.resolve('v') : Promise.reject(failure)), state);
    await secret.look(false);
    await turn();
    good = false;
    for (state.now = 1000; state.now <= seconds * 1000; state.now += 1000) await secret.look(false);
    expect(state.written.at(-1)).toBe(left);
    good = true;
    state.now += 60_000;
    await secret.look(false);
    await turn();
    expect(state.written.at(-1)).toBe('v');
    expect(state.file.problem).toBeUndefined();
  });

  it('is looked at again 5 s after a failure, though its pace is a minute', async () => {
    let looks = 0;
    const state = held((text) => Promise.resolve({ value: text }));
    const secret = watched(() => (looks++, Promise.reject(new Error('down'))), state);
    for (state.now = 0; state.now <= 60_000; state.now += 1000) await secret.look(false);
    expect(looks).toBe(13);
  });
});
