import { KeeperError } from './keeper-error';
import { LARGEST_SECRET } from './secret-source';

/** Longer header values are refused: many servers answer 400 or 431 above 16 KiB. */
const LONGEST_VALUE = 16_384;

/**
 * The whole header value of a `header` or `basic` credential. Empty for an empty secret: never a bare `Bearer `.
 * Throws `KeeperError`; the text names the secret and never quotes it.
 */
export function headerValue(
  source:
    | { readonly kind: 'header'; readonly prefix: string; readonly secret: string }
    | { readonly kind: 'basic'; readonly user: string; readonly secret: string },
  text: string,
): string {
  const secret = bareSecret(source.secret, text);
  if (secret === '') return '';
  if (source.kind === 'basic') {
    refuseControls(source.secret, secret);
    return bounded(source.secret, `Basic ${Buffer.from(`${source.user}:${secret}`, 'utf8').toString('base64')}`);
  }
  return bounded(source.secret, source.prefix + headerSafe(source.secret, secret));
}

/** A secret for the body of a token request: one line of text. */
export function lineSecret(name: string, text: string): string {
  const secret = bareSecret(name, text);
  refuseControls(name, secret);
  return secret;
}

/** `Bearer TOKEN`. What a token server answered is no more trusted than a secret: `x\r\nHost: y` would be a second header. */
export function bearerValue(from: string, token: unknown): string {
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16000}$/.test(token)) {
    throw new KeeperError(
      `${from}: expected a token of printable ASCII, got something else (not shown)`,
      'token-malformed',
    );
  }
  return `Bearer ${token}`;
}

/** The text without one trailing newline, as editors and `echo` leave it. */
export function bareSecret(name: string, text: string): string {
  if (Buffer.byteLength(text) > LARGEST_SECRET)
    throw new KeeperError(`secret ${name}: expected at most 64 KiB, got more`, 'secret-too-large');
  return text.replace(/\r?\n$/, '');
}

function headerSafe(name: string, secret: string): string {
  refuseControls(name, secret);
  if (/[^\x20-\x7e]/.test(secret)) {
    // Which bytes such a character becomes differs between programs; U+FEFF and U+FFFD are files in another encoding.
    throw new KeeperError(
      `secret ${name}: expected printable ASCII, got another character; store it without a byte order mark or quotes of an editor`,
      'secret-not-ascii',
    );
  }
  if (/^ | $/.test(secret))
    throw new KeeperError(
      `secret ${name}: expected no space at either end, got one; store it without`,
      'secret-outer-space',
    );
  return secret;
}

function refuseControls(name: string, secret: string): void {
  // A newline in a header's value starts a header of the secret's choosing; U+FFFD is where bytes weren't UTF-8.
  if (/[\x00-\x1f\x7f\ufeff\ufffd]/.test(secret)) {
    throw new KeeperError(
      `secret ${name}: expected one line of text, got a line break, another control character or bytes that are not UTF-8`,
      'secret-control-character',
    );
  }
}

function bounded(name: string, value: string): string {
  if (value.length > LONGEST_VALUE)
    throw new KeeperError(`secret ${name}: expected a header value of at most 16 KiB, got more`, 'secret-too-large');
  return value;
}
