import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Staged } from './namespaces';
import { RunRefused } from './refusal';
import type { RunDirectory } from './run-directory';

const SYSTEM_FILE = '/etc/resolv.conf';

/**
 * Name servers of the proxy, put over the machine's own file in the private mounts: Envoy's bytes then name none, and are
 * those that run elsewhere. None named: the machine's own stay.
 */
export function stageResolvers(resolvers: readonly string[], directory: RunDirectory): readonly Staged[] {
  if (resolvers.length === 0) return [];
  // A name that points nowhere can't be mounted over, and Envoy would then ask the machine's loopback.
  if (!existsSync(SYSTEM_FILE))
    throw new RunRefused(
      'uplink-unavailable',
      `the proxy's name servers need ${SYSTEM_FILE}, which isn't there or points nowhere`,
      'make it, an empty file is enough',
    );
  const from = join(directory.staged, 'resolv.conf');
  writeFileSync(from, resolvers.map((address) => `nameserver ${address}\n`).join(''), { mode: 0o644 });
  return [{ from, to: realpathSync(SYSTEM_FILE) }];
}
