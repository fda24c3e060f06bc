import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file';
import type { Keeper } from './keeper';

const FILE = 'keeper-status.json';
/** Seconds between writings of the status file. */
export const HEARTBEAT_SECONDS = 5;
const STALE_MS = 3 * HEARTBEAT_SECONDS * 1000;

/** Writes how the keeper stands and when, so that a check tells one that is well from one that hangs or was killed. */
export function writeStatus(directory: string, keeper: Keeper, started: boolean): void {
  const status = { time: new Date().toISOString(), started, ...keeper.status() };
  writeAtomically(join(directory, FILE), `${JSON.stringify(status)}\n`);
}

/** Removes what an earlier life left, so that a check doesn't take it for this one. */
export function forgetStatus(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}

/**
 * Why the keeper of this directory isn't well; undefined when it is: alive now, and once in this life it had everything.
 * A credential revoked later closes its own upstream and doesn't take the whole proxy down.
 */
export function ailment(directory: string, now: number): string | undefined {
  try {
    const status: unknown = JSON.parse(readFileSync(join(directory, FILE), 'utf8'));
    if (typeof status !== 'object' || status === null || !('time' in status) || !('started' in status))
      return `${FILE}: expected the keeper's status, got something else [status-malformed]`;
    const age = now - Date.parse(String(status.time));
    if (!(age < STALE_MS)) return 'expected a keeper that is alive, got no sign of it for 15 s [keeper-silent]';
    if (status.started === true) return undefined;
    const missing = 'missing' in status && Array.isArray(status.missing) ? status.missing.join(', ') : 'something';
    return `expected every credential, leaf and authority, got none for ${missing} [keeper-not-ready]`;
  } catch {
    return 'expected a running keeper, got no status of one [keeper-absent]';
  }
}
