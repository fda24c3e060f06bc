import type { KeeperSource } from '../envoy';
import { CredentialFile, type CredentialStatus } from './credential-file';
import { headerValue } from './header-value';
import { KeeperError, told } from './keeper-error';
import type { Token, TokenSource } from './token';

/** A credential as the keeper drives it. */
export interface HeldCredential {
  /** Name of the secret it is made of; none for Google's. */
  readonly secret?: string;
  /** The secret's text as just read. */
  take(text: string): void;
  /** The secret couldn't be read. */
  miss(problem: string): void;
  /** Called about once a second; `hurry` asks again whatever was planned. */
  beat(now: number, hurry?: boolean): void;
  status(): CredentialStatus;
}

/** One whose value is the secret itself. */
export function staticCredential(source: Exclude<KeeperSource, TokenSource>, file: CredentialFile): HeldCredential {
  return {
    secret: source.secret,
    take(text) {
      try {
        file.put(headerValue(source, text));
      } catch (failure) {
        // The source has spoken: the old value is no longer what it holds, so it isn't used either.
        file.empty(told(failure));
      }
    },
    miss: (problem) => file.keep(problem),
    beat: () => file.flush(),
    status: () => file.status(),
  };
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

/** One that is fetched with the secret, renewed at half of its life, and emptied when it expires unrenewed. */
export class FetchedCredential implements HeldCredential {
  readonly secret?: string;
  private text: string | undefined;
  private token: Token | undefined;
  private due = 0;
  private retry = FIRST_RETRY_MS;
  /** Counts what makes an answer under way worthless: another secret, a revocation. */
  private round = 0;
  private busy = false;
  private missed = false;

  constructor(
    source: TokenSource,
    private readonly file: CredentialFile,
    private readonly fetch: (secret: string) => Promise<Token>,
    private readonly now: () => number,
  ) {
    if (source.kind === 'googleAccessToken') this.text = '';
    else this.secret = source.secret;
  }

  take(text: string): void {
    if (this.missed) this.file.clear();
    this.missed = false;
    if (text === this.text) return;
    this.text = text;
    this.round++;
    this.due = 0;
    this.retry = FIRST_RETRY_MS;
    this.busy = false;
    if (text.trim() === '') this.drop(`credential ${this.file.id}: the secret is empty [secret-empty]`);
    else this.beat(this.now());
  }

  miss(problem: string): void {
    this.missed = true;
    this.file.keep(problem);
  }

  beat(now: number, hurry = false): void {
    this.file.flush();
    if (this.token && now >= this.token.expiresAt)
      this.drop(`credential ${this.file.id}: the token expired and no new one was given [token-expired]`);
    const usable = this.text !== undefined && (this.secret === undefined || this.text.trim() !== '');
    if (usable && !this.busy && (hurry || now >= this.due)) void this.renew(this.text ?? '');
  }

  status(): CredentialStatus {
    return { ...this.file.status(), ...(this.token ? { expires: new Date(this.token.expiresAt).toISOString() } : {}) };
  }

  private async renew(secret: string): Promise<void> {
    const round = this.round;
    this.busy = true;
    try {
      const token = await this.fetch(secret);
      // The secret changed meanwhile: this token was bought with the old one, perhaps a revoked one.
      if (round !== this.round) return;
      this.token = token;
      this.due = this.now() + (token.expiresAt - this.now()) / 2;
      this.retry = FIRST_RETRY_MS;
      this.file.put(token.value);
    } catch (failure) {
      if (round === this.round) this.failed(failure);
    } finally {
      if (round === this.round) this.busy = false;
    }
  }

  private failed(failure: unknown): void {
    this.due = this.now() + this.retry;
    this.retry = Math.min(this.retry * 2, LAST_RETRY_MS);
    // Only what the secret itself is made of takes a token away at once; a server's failure leaves it its life.
    if (failure instanceof KeeperError && failure.code.startsWith('secret-')) this.drop(failure.message);
    else this.file.keep(told(failure));
  }

  private drop(problem: string): void {
    this.token = undefined;
    this.file.empty(problem);
  }
}
