import { bearerValue, headerValue } from '../../lib/keeper/header-value';

const bearer = { kind: 'header', prefix: 'Bearer ', secret: 'key' } as const;
const basic = { kind: 'basic', user: 'x-access-token', secret: 'key' } as const;

describe('header value', () => {
  it('puts the prefix before a secret', () => {
    expect(headerValue(bearer, 'abc')).toBe('Bearer abc');
    expect(headerValue({ ...bearer, prefix: '' }, 'abc')).toBe('abc');
  });

  it('encodes user and secret for Basic', () => {
    expect(headerValue(basic, 'geheim:1')).toBe(`Basic ${Buffer.from('x-access-token:geheim:1').toString('base64')}`);
  });

  it.each(['abc\n', 'abc\r\n'])('takes one newline from the end of %j', (text) => {
    expect(headerValue(bearer, text)).toBe('Bearer abc');
  });

  it.each(['', '\n', '\r\n'])('is empty and never a bare prefix for %j', (text) => {
    expect(headerValue(bearer, text)).toBe('');
    expect(headerValue(basic, text)).toBe('');
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
    const refusal = refusalOf(() => headerValue(bearer, text));
    expect(refusal).toContain(`[${code}]`);
    expect(refusal).toContain('secret key');
    expect(refusal).not.toContain(text);
  });

  it('lets Basic carry a password beyond ASCII, as RFC 7617 does, and no control character', () => {
    expect(headerValue(basic, 'pässword')).toBe(`Basic ${Buffer.from('x-access-token:pässword').toString('base64')}`);
    expect(refusalOf(() => headerValue(basic, 'a\nb'))).toContain('[secret-control-character]');
  });

  it.each([['bad\r\nX: y'], ['a b'], [''], [7], [undefined], ['ü']])('refuses the token %j of a server', (token) => {
    expect(refusalOf(() => bearerValue('auth.example', token))).toContain(
      'auth.example: expected a token of printable ASCII',
    );
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
