import { type Lab, pause } from '../faults/lab';
import { answers, type BootedTask, bootTask, HOST } from './booted-task';
import { openTunnel, stream, type StreamEnd } from '../faults/streams';

export interface Stop {
  readonly stream: StreamEnd;
  /** How Envoy's container ended. */
  readonly end: number | string;
  /** Whether a new connection was taken while it stopped. */
  readonly takesNew: boolean;
}

export interface DrainObservations {
  readonly drained: Stop;
  /** Where Envoy itself gets the signal. */
  readonly undrained: Stop;
  /** How Envoy ended with nothing open but a tunnel at rest, and after how many milliseconds. */
  readonly idle: { readonly end: number | string; readonly took: number };
}

/** Stops the Envoy container of a synthesized task as the platform does, with and without work in hand. */
export async function observe(lab: Lab): Promise<DrainObservations> {
  const task = await bootTask(lab, ['GET /events/*']);
  const drained = await stop(task, 10, (word) => word);
  const undrained = await stop(task, 10, (word) => word.replace(': >stopping', 'kill $!'));
  const idle = await stopIdle(task);
  await task.stop();
  return { drained, undrained, idle };
}

async function stop(task: BootedTask, seconds: number, edit: (word: string) => string): Promise<Stop> {
  const envoy = await task.startEnvoy(edit);
  const { begun, ended } = stream(seconds);
  await begun;
  envoy.signal('SIGTERM');
  await pause(1500);
  const takesNew = await answers(8080);
  return { stream: await ended, end: await envoy.ended, takesNew };
}

async function stopIdle(task: BootedTask): Promise<DrainObservations['idle']> {
  const envoy = await task.startEnvoy();
  await openTunnel(HOST);
  const begin = Date.now();
  envoy.signal('SIGTERM');
  const end = await envoy.ended;
  return { end, took: Date.now() - begin };
}
