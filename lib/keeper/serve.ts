import { readFileSync } from 'node:fs';
import { drain, drainWhenStopping } from './drain';
import { forgetStatus, HEARTBEAT_SECONDS, writeStatus } from './health';
import { type KeeperOptions, startKeeper } from './keeper';
import { told } from './keeper-error';

export interface ServeOptions extends KeeperOptions {
  /** Seconds that Envoy's running requests get when Envoy or this process is told to end. @default - Envoy is left alone */
  readonly drainSeconds?: number;
}

/** Runs the keeper as this process until it is told to end. Throws as `startKeeper` does. */
export function serve(options: ServeOptions): void {
  warnOfCoreDumps();
  const { directory, drainSeconds } = options;
  const keeper = startKeeper(options);
  let started = false;
  const beat = (): void => {
    try {
      writeStatus(directory, keeper, started);
    } catch (failure) {
      // A full disk: the check finds the old sign stale, and what is injected goes on.
      log({ event: 'problem', about: 'status', problem: told(failure) });
    }
  };
  const end = (): void => {
    keeper.stop();
    forgetStatus(directory);
    process.exit(0);
  };
  const endDrained = (): void => {
    if (drainSeconds === undefined) end();
    else void drain(directory, drainSeconds).then(end);
  };
  if (drainSeconds !== undefined) drainWhenStopping(directory, drainSeconds);
  process.removeAllListeners('SIGTERM').on('SIGTERM', endDrained).on('SIGINT', end);
  process.on('SIGHUP', () => keeper.reread());
  setInterval(beat, HEARTBEAT_SECONDS * 1000);
  beat();
  void keeper.ready.then(
    () => {
      started = true;
      beat();
      const { authorityCertificate } = keeper;
      process.stdout.write(`${JSON.stringify({ ...keeper.status(), authorityCertificate })}\n`);
    },
    () => undefined,
  );
}

/** One line of the log, on standard error. Names only. */
export function log(record: object): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`);
}

/** A core file would hold every secret; node can't set the limit, so it says when whoever started it didn't. */
function warnOfCoreDumps(): void {
  try {
    if (/^Max core file size\s+0\s/m.test(readFileSync('/proc/self/limits', 'utf8'))) return;
    const problem = 'core dumps are on: start the keeper under `ulimit -c 0` [core-dumps-on]';
    log({ event: 'problem', about: 'process', problem });
  } catch {
    // No /proc: another system, nothing to say.
  }
}
