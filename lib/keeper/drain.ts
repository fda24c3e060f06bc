import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { askEnvoy } from './ask-envoy';

/** What Envoy's shell leaves in the run directory when its container is told to end. */
const STOPPING_FILE = 'stopping';
const LOOK_MS = 250;
/** A passed-through connection shows no requests: it counts as running while bytes move, and so long after the last. */
const QUIET_MS = 5000;
const COUNTERS =
  '/stats?filter=^(http\\.(connect|gateway|transparent)\\.downstream_rq_active' +
  '|tcp\\.passthrough\\.downstream_cx_(active|rx_bytes_total|tx_bytes_total))$';
const LINE = /^(?:(?<http>http\..*)|tcp\.passthrough\.downstream_cx_(?<tcp>\w+)): (?<count>\d+)$/gm;

/**
 * Takes no new connection, tells those that are open to come back elsewhere, and ends Envoy once no request runs, at the
 * latest after `seconds`: Envoy alone would cut every stream at SIGTERM. A tunnel without a request doesn't hold it.
 * Returns at once when no Envoy answers; never throws.
 */
export async function drain(directory: string, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  // First the `connection: close` on every answer, which needs listeners; then the listeners.
  if (!(await askEnvoy(directory, 'POST', '/drain_listeners?graceful&skip_exit'))) return;
  await askEnvoy(directory, 'POST', '/drain_listeners');
  const watch = new Watch();
  while (Date.now() < until) {
    const answer = await askEnvoy(directory, 'GET', COUNTERS);
    if (!answer) return;
    // What can't be read says nothing: then the whole time is given.
    if (answer.status === 200 && watch.isIdle(answer.text)) break;
    await pause(LOOK_MS);
  }
  await askEnvoy(directory, 'POST', '/quitquitquit');
}

/** Drains whenever Envoy's container is told to end: a cloud tells the keeper only after Envoy is gone. */
export function drainWhenStopping(directory: string, seconds: number): void {
  let draining = false;
  setInterval(() => {
    if (draining || !existsSync(join(directory, STOPPING_FILE))) return;
    draining = true;
    void drain(directory, seconds).then(() => (draining = false));
  }, LOOK_MS);
}

/** Tells from Envoy's counters, look after look, whether anything still runs. */
class Watch {
  private bytes: number | undefined;
  private movedAt = 0;

  isIdle(counters: string): boolean {
    let running = 0;
    let opaque = 0;
    let bytes = 0;
    for (const { groups = {} } of counters.matchAll(LINE)) {
      const count = Number(groups.count);
      if (groups.http !== undefined) running += count;
      else if (groups.tcp === 'active') opaque = count;
      else bytes += count;
    }
    const now = Date.now();
    // The first look has nothing to compare with: what is open counts as moving.
    if (bytes !== this.bytes) this.movedAt = now;
    this.bytes = bytes;
    return running === 0 && (opaque === 0 || now - this.movedAt > QUIET_MS);
  }
}
