import type { Credential } from './credential';
import { KeeperError, told } from './keeper-error';
import type { SecretSource } from './secret-source';

/** After a failure a slow source is asked sooner than its usual pace. */
const RETRY_SECONDS = 5;
/** A value that no source confirms is used this long: whoever can keep the source from answering can't put off a revocation for ever. */
const UNCONFIRMED_MS = 3_600_000;

/** One secret's source, looked at when due and never twice at once; a slow one holds up no other. */
export class WatchedSecret {
  private due = 0;
  private confirmedAt: number | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly source: SecretSource,
    private readonly credentials: readonly Credential[],
    private readonly now: () => number,
    private readonly signal: AbortSignal,
  ) {}

  /** Reads it if due and hands what it says to its credentials. Never rejects. */
  look(hurry: boolean): Promise<void> {
    const now = this.now();
    if (this.confirmedAt !== undefined && now >= this.confirmedAt + UNCONFIRMED_MS) {
      this.confirmedAt = undefined;
      this.tell(
        `secret ${this.name}: expected its source to answer within an hour, got nothing [secret-unconfirmed]`,
        true,
      );
    }
    if (this.looking === undefined && (hurry || now >= this.due) && this.credentials.length > 0)
      this.looking = this.read().finally(() => (this.looking = undefined));
    return this.looking ?? Promise.resolve();
  }

  private async read(): Promise<void> {
    const { everySeconds = 1 } = this.source;
    this.due = this.now() + everySeconds * 1000;
    try {
      const text = await this.source.read(this.signal);
      this.confirmedAt = this.now();
      for (const credential of this.credentials) credential.take(text);
    } catch (failure) {
      this.due = this.now() + Math.min(everySeconds, RETRY_SECONDS) * 1000;
      const closes = failure instanceof KeeperError && failure.closes;
      this.tell(`secret ${this.name}: expected its source to answer, got ${told(failure)}`, closes);
    }
  }

  private tell(problem: string, closes: boolean): void {
    for (const credential of this.credentials) credential.miss(problem, closes);
  }
}
