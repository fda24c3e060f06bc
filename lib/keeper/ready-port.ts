import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Shows a platform whose only sign of readiness is a port that what was to be done is done: takes connections and says
 * nothing. Ends `seconds` after the first one, or never without. Rejects when the port can't be had.
 */
export async function answerProbes(port: number, seconds?: number): Promise<void> {
  const server = createServer((socket) => socket.on('error', () => undefined).destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).once('connection', () => resolve());
    server.listen(port);
  });
  if (seconds === undefined) return new Promise(() => undefined);
  await pause(seconds * 1000);
  server.close();
}
