import { told } from './keeper-error';
import type { KeeperRecord } from './status';

/** The file Envoy reads one credential from: the one place where a value is written. Empty means revoked: Envoy refuses. */
export class CredentialFile {
  /** Why it is empty, or why what it holds couldn't be looked at just now. */
  problem: string | undefined;
  /** What is in the file, as far as this run wrote it. */
  private written: string | undefined;
  private wanted: string | undefined;

  constructor(
    readonly id: string,
    private readonly write: (value: string) => void,
    private readonly log: (record: KeeperRecord) => void,
  ) {}

  get present(): boolean {
    return Boolean(this.written);
  }

  put(value: string): void {
    this.problem = undefined;
    this.wanted = value;
    this.flush();
  }

  /** A deleted file would leave the old value in use with Envoy; an empty one doesn't. */
  empty(problem: string): void {
    this.note(problem);
    this.wanted = '';
    this.flush();
  }

  /** What was good stays; what this run never wrote is of an earlier run, and goes. */
  keep(problem: string): void {
    if (this.wanted === undefined) this.empty(problem);
    else this.note(problem);
  }

  /** Writes what a full disk or the like kept from being written. */
  flush(): void {
    const value = this.wanted;
    if (value === undefined || value === this.written) return;
    try {
      this.write(value);
    } catch (failure) {
      return this.note(`credential ${this.id}: expected its file to be writable, got ${told(failure)}`);
    }
    this.written = value;
    this.log({ event: value === '' ? 'credential-emptied' : 'credential-written', about: `credential ${this.id}` });
  }

  private note(problem: string): void {
    if (problem !== this.problem) this.log({ event: 'problem', about: `credential ${this.id}`, problem });
    this.problem = problem;
  }
}
