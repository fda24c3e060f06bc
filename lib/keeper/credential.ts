import type { CredentialFile } from './credential-file';
import { KeeperError, told } from './keeper-error';
import type { Rendered } from './render';
import type { CredentialStatus } from './status';

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

/** One credential: rendered from its secret, renewed at half of its life, emptied when it expires unrenewed. */
export class Credential {
  private text: string | undefined;
  private held: Rendered | undefined;
  private due = 0;
  private retry = FIRST_RETRY_MS;
  /** Counts what makes an answer under way worthless: another secret, a revocation. */
  private round = 0;
  private busy = false;
  private missed = false;

  constructor(
    private readonly file: CredentialFile,
    /** Name of the secret it is made of; none where the machine's identity proves it. */
    readonly secret: string | undefined,
    private readonly render: (text: string) => Promise<Rendered>,
    private readonly now: () => number,
  ) {
    if (secret === undefined) this.text = '';
  }

  /** The secret's text as just read. */
  take(text: string): void {
    if (this.missed && this.file.present) this.file.problem = undefined;
    this.missed = false;
    if (text === this.text) return;
    this.text = text;
    this.round++;
    this.due = 0;
    this.retry = FIRST_RETRY_MS;
    this.busy = false;
    this.beat(this.now());
  }

  /** The secret couldn't be read. `closes`: it is gone, and what was made of it is of no more use. */
  miss(problem: string, closes: boolean): void {
    this.missed = true;
    if (!closes) return this.file.keep(problem);
    this.text = undefined;
    this.round++;
    this.busy = false;
    this.drop(problem);
  }

  /** Called about once a second; `hurry` renders again whatever was planned. */
  beat(now: number, hurry = false): void {
    this.file.flush();
    if (this.held?.expiresAt !== undefined && now >= this.held.expiresAt)
      this.drop(`credential ${this.file.id}: the token expired and no new one was given [token-expired]`);
    if (this.text !== undefined && !this.busy && (hurry || now >= this.due)) void this.renew(this.text);
  }

  status(): CredentialStatus {
    const { id, present, problem } = this.file;
    const expiresAt = this.held?.expiresAt;
    return {
      id,
      state: present ? 'present' : 'absent',
      ...(problem === undefined ? {} : { problem }),
      ...(expiresAt === undefined ? {} : { expires: new Date(expiresAt).toISOString() }),
    };
  }

  private async renew(text: string): Promise<void> {
    const round = this.round;
    this.busy = true;
    try {
      const rendered = await this.render(text);
      // The secret changed meanwhile: this was made of the old one, perhaps a revoked one.
      if (round !== this.round) return;
      this.held = rendered;
      this.due = rendered.expiresAt === undefined ? Infinity : (this.now() + rendered.expiresAt) / 2;
      this.retry = FIRST_RETRY_MS;
      this.file.put(rendered.value);
    } catch (failure) {
      if (round === this.round) this.failed(failure);
    } finally {
      if (round === this.round) this.busy = false;
    }
  }

  private failed(failure: unknown): void {
    this.due = this.now() + this.retry;
    this.retry = Math.min(this.retry * 2, LAST_RETRY_MS);
    // A server's failure leaves the token its life; a wrong secret takes it away at once.
    if (failure instanceof KeeperError && failure.closes) this.drop(failure.message);
    else this.file.keep(told(failure));
  }

  private drop(problem: string): void {
    this.held = undefined;
    this.file.empty(problem);
  }
}
