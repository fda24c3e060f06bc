import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Every temporary file of a test run, also of a test that is killed and of the programs it starts, lies in one folder that goes
 * with the run.
 */
export default function setup(): void {
  // short: a socket's path may have 107 bytes
  const folder = mkdtempSync(join(tmpdir(), 'ah-'));
  // other users' processes write there too
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
}
