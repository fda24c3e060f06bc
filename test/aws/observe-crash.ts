import { type Lab, pause } from '../faults/lab';
import { type BootedTask, bootTask, VALUE } from './booted-task';
import { flood } from '../faults/streams';

/** A third of the crashes hits a moment in which the worker holds a request: 25 miss it once in 20,000 times. */
const TRIES = 25;
const TRIES_PROTECTED = 4;

export interface CrashObservations {
  /** Whether standard error held the secret, once it was let through. */
  readonly controlLeaks: boolean;
  /** Whether it held it with the template's own words, in all tries. */
  readonly leaks: boolean;
  /** How the template's container ended each time. */
  readonly ends: readonly (number | string)[];
  /** Credentials that arrived upstream before a crash. */
  readonly injected: readonly string[];
  /** What the container says of a configuration that Envoy refuses, and its exit code. */
  readonly refusal: { readonly code: number | string; readonly text: string };
}

/** Crashes the Envoy of a synthesized task while it holds a request, and reads what its container gave to the log. */
export async function observe(lab: Lab): Promise<CrashObservations> {
  const task = await bootTask(lab, ['GET /flood']);
  const captured: { readonly end: number | string; readonly text: string }[] = [];
  for (let tries = 0; tries < TRIES_PROTECTED; tries++) captured.push(await crash(task, (word) => word));
  let controlLeaks = false;
  for (let tries = 0; tries < TRIES && !controlLeaks; tries++) {
    // The protection, taken away.
    const { text } = await crash(task, (word) => word.replace('"$@" 2>/dev/null &', '"$@" &'));
    controlLeaks = text.includes(VALUE);
  }
  const refused = await task.startEnvoy((word) => (word === 'envoy.json' ? 'keeper.json' : word), 0);
  const arrivals = task.upstream.arrivals.get('flood') ?? [];
  const seen = {
    controlLeaks,
    leaks: captured.some(({ text }) => text.includes(VALUE)),
    ends: captured.map(({ end }) => end),
    injected: [...new Set(arrivals.flatMap(({ headers }) => headers['x-api-key'] ?? []))],
    refusal: { code: await refused.ended, text: refused.text },
  };
  await task.stop();
  return seen;
}

async function crash(
  task: BootedTask,
  edit: (word: string) => string,
): Promise<{ end: number | string; text: string }> {
  const envoy = await task.startEnvoy(edit);
  const stopFlood = flood();
  await pause(500);
  await envoy.crash();
  const end = await envoy.ended;
  stopFlood();
  return { end, text: envoy.text };
}
