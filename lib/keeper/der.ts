/** Writing DER (X.690), as far as a certificate needs it. Nothing here reads DER: what comes from outside is read by node:crypto. */
export type Der = Buffer;

/** One element: tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Der {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  if (body.length > 0xffff) throw new RangeError('DER element past 64 KiB');
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

export const sequence = (...content: readonly Uint8Array[]): Der => element(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Der => element(0x31, ...content);
export const octets = (...content: readonly Uint8Array[]): Der => element(0x04, ...content);
export const bits = (content: Uint8Array, unused = 0): Der => element(0x03, Buffer.from([unused]), content);
export const utf8 = (text: string): Der => element(0x0c, Buffer.from(text, 'utf8'));
export const TRUE = element(0x01, Buffer.from([0xff]));

/** A positive integer of big-endian bytes whose first is neither 0 nor above 0x7f. */
export const integer = (...bytes: readonly number[]): Der => element(0x02, Buffer.from(bytes));

/** Of `2.5.29.19` and its like. */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const septets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return element(0x06, Buffer.from(bytes));
}

/** UTCTime to 2049, GeneralizedTime from 2050, as RFC 5280 section 4.1.2.5 wants it. */
export function time(milliseconds: number): Der {
  const digits = new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return digits < '2050' ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}
