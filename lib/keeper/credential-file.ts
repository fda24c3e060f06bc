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
  private written: string | undefined;
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
    this.replace(value);
  }

  /** Empties the file: Envoy refuses from now on. A deleted file would leave the old value in use. */
  empty(problem: string): void {
    this.note(problem);
    this.replace('');
  }

  /** The source couldn't be asked: what was good stays; what was never good is emptied, since it is of an earlier run. */
  keep(problem: string): void {
    if (this.written === undefined) this.empty(problem);
    else this.note(problem);
  }

  status(): CredentialStatus {
    return {
      id: this.id,
      state: this.written ? 'present' : 'absent',
      ...(this.problem === undefined ? {} : { problem: this.problem }),
    };
  }

  private note(problem: string): void {
    if (problem !== this.problem) this.log({ event: 'problem', about: `credential ${this.id}`, problem });
    this.problem = problem;
  }

  private replace(value: string): void {
    if (value === this.written) return;
    try {
      this.write(value);
    } catch (failure) {
      return this.note(`credential ${this.id}: expected its file to be writable, got ${told(failure)}`);
    }
    this.written = value;
    this.log({ event: value === '' ? 'credential-emptied' : 'credential-written', about: `credential ${this.id}` });
  }
}
