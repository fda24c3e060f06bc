import fc from 'fast-check';
import { basicValue, headerValue, safeToken } from '../../lib/keeper/header-value';

const bearer = (text: string): string => headerValue('key', 'Bearer ', text);
const basic = (text: string): string => basicValue('key', 'x-access-token', text);

describe('header value', () => {
  it('puts the prefix before a secret', () => {
    expect(bearer('abc')).toBe('Bearer abc');
    expect(headerValue('key', '', 'abc')).toBe('abc');
  });

  it('encodes user and secret for Basic', () => {
    expect(basic('geheim:1')).toBe(`Basic ${Buffer.from('x-access-token:geheim:1').toString('base64')}`);
  });

  it.each(['abc\n', 'abc\r\n'])('takes one newline from the end of %j', (text) => {
    expect(bearer(text)).toBe('Bearer abc');
  });

  it.each(['', '\n', '\r\n'])('refuses %j as empty, and never makes a bare prefix of it', (text) => {
    expect(refusalOf(() => bearer(text))).toContain('[secret-empty]');
    expect(refusalOf(() => basic(text))).toContain('[secret-empty]');
  });

  it.each([
    ['two newlines', 'abc\n\n', 'secret-control-character'],
    ['an inner newline', 'a\nx-admin: 1', 'secret-control-character'],
    ['an inner carriage return', 'a\rb', 'secret-control-character'],
    ['a NUL', 'a\0b', 'secret-control-character'],
    ['an escape', 'a\x1bb', 'secret-control-character'],
    ['a byte order mark', '\ufeffabc', 'secret-control-character'],
    ['a letter outside ASCII', 'schlüssel', 'secret-not-ascii'],
    ['typographic quotes', '“abc”', 'secret-not-ascii'],
    ['a space at the end', 'abc ', 'secret-outer-space'],
    ['nothing but spaces', '   ', 'secret-outer-space'],
    ['20 KiB', 'a'.repeat(20_480), 'secret-too-large'],
    ['1 MiB', 'a'.repeat(1 << 20), 'secret-too-large'],
  ])('refuses %s, names the secret and does not quote it', (_what, text, code) => {
    const refusal = refusalOf(() => bearer(text));
    expect(refusal).toContain(`[${code}]`);
    expect(refusal).toContain('secret key');
    expect(refusal).not.toContain(text);
  });

  it('lets Basic carry a password beyond ASCII, as RFC 7617 does, and no control character', () => {
    expect(basic('pässword')).toBe(`Basic ${Buffer.from('x-access-token:pässword').toString('base64')}`);
    expect(refusalOf(() => basic('a\nb'))).toContain('[secret-control-character]');
  });

  it.each([['bad\r\nX: y'], ['a b'], [''], [7], [undefined], ['ü']])('refuses the token %j of a server', (token) => {
    expect(refusalOf(() => safeToken('auth.example', token))).toContain(
      'auth.example: expected a token of printable ASCII',
    );
  });
});

describe('header value, of any text', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
    fc
      .tuple(
        fc.string({ maxLength: 12 }),
        fc.constantFrom('\r', '\n', '\0', '\r\n', '\x7f', 'é', '\u2028'),
        fc.string(),
      )
      .map((parts) => parts.join('')),
  );

  it.each([
    ['header', (text: string) => bearer(text)],
    ['basic', (text: string) => basic(text)],
    ['token', (text: string) => `Bearer ${safeToken('auth.example', text)}`],
  ])('%s: is one line of printable ASCII that ends in no space, or a refusal that quotes nothing', (_kind, make) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          return /^(?:Bearer|Basic) [\x20-\x7e]*[\x21-\x7e]$/.test(make(text));
        } catch (failure) {
          if (!(failure instanceof Error && failure.name === 'KeeperError')) throw failure;
          return text.length <= 9 || !failure.message.includes(text);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts every secret of printable ASCII without outer spaces, and carries it unchanged', () => {
    const plain = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 })
      .filter((text) => text.trim() === text);
    fc.assert(fc.property(plain, (text) => headerValue('key', '', text) === text));
  });
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (failure) {
    return String(failure);
  }
  throw new Error('was not refused');
}
