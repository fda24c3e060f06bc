import { told } from './keeper-error';

/** What the keeper tells of one credential. */
export interface CredentialStatus {
  readonly id: string;
  /** `present`: Envoy can use it. `absent`: its file is empty and Envoy refuses. */
  readonly state: 'present' | 'absent';
  /** Why it is absent, or why a present one couldn't be looked at just now. */
  readonly problem?: string;
  /** Of a fetched token, ISO 8601. */
  readonly expires?: string;
}

/** One line of the keeper's log. Names only. */
export interface KeeperRecord {
  readonly event: 'credential-written' | 'credential-emptied' | 'problem' | 'leaves-written' | 'ready';
  /** `credential ID`, `leaves`, `authorities`. */
  readonly about?: string;
  readonly problem?: string;
}

/** The file Envoy reads one credential from, and what is known of it. The one place where a value is written. */
export class CredentialFile {
  /** What is in the file, as far as this run wrote it. */
  private written: string | undefined;
  private wanted: string | undefined;
  private problem: string | undefined;

  constructor(
    readonly id: string,
    private readonly write: (value: string) => void,
    private readonly log: (record: KeeperRecord) => void,
  ) {}

  /** Writes a whole header value; an empty one revokes. */
  put(value: string): void {
    if (value === '') return this.empty(`credential ${this.id}: the secret is empty [secret-empty]`);
    this.problem = undefined;
    this.wanted = value;
    this.flush();
  }

  /** Empties the file: Envoy refuses from now on. A deleted file would leave the old value in use. */
  empty(problem: string): void {
    this.note(problem);
    this.wanted = '';
    this.flush();
  }

  /** The source couldn't be asked: what was good stays; what was never good is emptied, since it is of an earlier run. */
  keep(problem: string): void {
    if (this.wanted === undefined) this.empty(problem);
    else this.note(problem);
  }

  /** Forgets the problem: the source answers again, and what it says is what is written. */
  clear(): void {
    if (this.wanted) this.problem = undefined;
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

  status(): CredentialStatus {
    const state = this.written ? 'present' : 'absent';
    return { id: this.id, state, ...(this.problem === undefined ? {} : { problem: this.problem }) };
  }

  private note(problem: string): void {
    if (problem !== this.problem) this.log({ event: 'problem', about: `credential ${this.id}`, problem });
    this.problem = problem;
  }
}
