import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { KeeperLeaf } from '../envoy';
import type { Authority } from './authority';
import { told } from './keeper-error';
import type { KeeperRecord } from './status';

const RETRY_MS = 60_000;

/** The leaves: made at start, all renewed together at two thirds of their life. */
export class Leaves {
  /** When they are next due. Milliseconds since 1970; 0 before the first try. */
  dueAt = 0;
  private readonly made = new Set<string>();
  private working: Promise<void> | undefined;

  constructor(
    private readonly leaves: readonly KeeperLeaf[],
    private readonly authority: Authority,
    private readonly write: (file: string, content: string) => void,
    private readonly log: (record: KeeperRecord) => void,
  ) {}

  /** Makes them if due. Never rejects. */
  renewDue(now: number, signal: AbortSignal): Promise<void> {
    if (this.working === undefined && now >= this.dueAt)
      this.working = this.renew(now, signal).finally(() => (this.working = undefined));
    return this.working ?? Promise.resolve();
  }

  missing(): readonly string[] {
    return this.leaves.filter(({ name }) => !this.made.has(name)).map(({ name }) => `leaf ${name}`);
  }

  private async renew(now: number, signal: AbortSignal): Promise<void> {
    let dueAt = Infinity;
    try {
      for (const { name, hosts, certificate, key } of this.leaves) {
        if (signal.aborted) return;
        const leaf = this.authority.leaf(hosts, now);
        // Between these two renames Envoy sees a pair that doesn't match, says so in a counter and keeps the old pair.
        this.write(key, leaf.key);
        this.write(certificate, leaf.certificate);
        this.made.add(name);
        dueAt = Math.min(dueAt, leaf.renewAt);
        // Many leaves take a while: secrets are looked at in between.
        await yieldTurn();
      }
      this.dueAt = dueAt;
      this.log({ event: 'leaves-written', about: 'leaves' });
    } catch (failure) {
      this.dueAt = now + RETRY_MS;
      const problem = `leaves: expected their files to be writable, got ${told(failure)}`;
      this.log({ event: 'problem', about: 'leaves', problem });
    }
  }
}
