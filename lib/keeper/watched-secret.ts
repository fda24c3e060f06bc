import type { HeldCredential } from './held-credential';
import { told } from './keeper-error';
import type { SecretSource } from './secret-source';

/** After a failure a slow source is asked sooner than its usual pace. */
const RETRY_SECONDS = 5;

/** One secret's source, looked at when due and never twice at once; a slow one holds up no other. */
export class WatchedSecret {
  private due = 0;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly source: SecretSource,
    private readonly credentials: readonly HeldCredential[],
  ) {}

  /** Reads it if due and hands what it says to its credentials. Never rejects. */
  look(now: number, signal: AbortSignal, hurry: boolean): Promise<void> {
    if (this.looking || !(hurry || now >= this.due) || this.credentials.length === 0)
      return this.looking ?? Promise.resolve();
    this.due = now + (this.source.everySeconds ?? 1) * 1000;
    this.looking = this.read(now, signal).finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async read(now: number, signal: AbortSignal): Promise<void> {
    try {
      const text = await this.source.read(signal);
      if (!signal.aborted) for (const credential of this.credentials) credential.take(text);
    } catch (failure) {
      this.due = now + Math.min(this.source.everySeconds ?? 1, RETRY_SECONDS) * 1000;
      const problem = `secret ${this.name}: expected its source to answer, got ${told(failure)}`;
      if (!signal.aborted) for (const credential of this.credentials) credential.miss(problem);
    }
  }
}
