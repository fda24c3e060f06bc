import { KeeperError, wrongSecret } from './keeper-error';

/** Larger secrets are refused; a source needn't read on. Both clouds stop at 64 KiB. */
export const LARGEST_SECRET = 65_536;

/** Longer header values are refused: many servers answer 400 or 431 above 16 KiB. */
const LONGEST_VALUE = 16_384;

/** The value of a `header` credential. Throws `KeeperError`; the text names the secret and never quotes it. */
export function headerValue(name: string, prefix: string, text: string): string {
  const secret = lineSecret(name, text);
  // Which bytes such a character becomes differs between programs.
  if (/[^\x20-\x7e]/.test(secret))
    throw wrongSecret(
      name,
      'printable ASCII, got another character; store it without a byte order mark or quotes of an editor',
      'secret-not-ascii',
    );
  if (/^ | $/.test(secret))
    throw wrongSecret(name, 'no space at either end, got one; store it without', 'secret-outer-space');
  return bounded(name, prefix + secret);
}

/** The value of a `basic` credential, UTF-8 as RFC 7617 has it. */
export function basicValue(name: string, user: string, text: string): string {
  return bounded(name, `Basic ${Buffer.from(`${user}:${lineSecret(name, text)}`, 'utf8').toString('base64')}`);
}

/** One line of text: a newline in a header's value starts a header of the secret's choosing. U+FFFD is where bytes weren't UTF-8. */
export function lineSecret(name: string, text: string): string {
  const secret = bareSecret(name, text);
  if (/[\x00-\x1f\x7f\ufeff\ufffd]/.test(secret))
    throw wrongSecret(
      name,
      'one line of text, got a line break, another control character or bytes that are not UTF-8',
      'secret-control-character',
    );
  return secret;
}

/** The text without one trailing newline, as editors and `echo` leave it. Nothing left means revoked: never a bare `Bearer `. */
export function bareSecret(name: string, text: string): string {
  if (Buffer.byteLength(text) > LARGEST_SECRET) throw wrongSecret(name, 'at most 64 KiB, got more', 'secret-too-large');
  const bare = text.replace(/\r?\n$/, '');
  if (bare === '') throw wrongSecret(name, 'a value, got an empty one', 'secret-empty');
  return bare;
}

/** A token as a server gave it, no more trusted than a secret: `x\r\nHost: y` would be a second header. */
export function safeToken(from: string, token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]{1,16000}$/.test(token)) return token;
  throw new KeeperError(
    `${from}: expected a token of printable ASCII, got something else (not shown)`,
    'token-malformed',
  );
}

function bounded(name: string, value: string): string {
  if (value.length > LONGEST_VALUE)
    throw wrongSecret(name, 'a header value of at most 16 KiB, got more', 'secret-too-large');
  return value;
}
