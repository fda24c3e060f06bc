import type { Unknown } from './value';

/** An interval of addresses of one family, both ends in it. */
export interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Ranges of something, and why it may have more than these. */
export interface Ranges {
  readonly known: readonly Range[];
  readonly unknown?: Unknown;
}

export const EVERY_IPV4: Range = { family: 4, first: 0n, last: (1n << 32n) - 1n };
export const EVERY_IPV6: Range = { family: 6, first: 0n, last: (1n << 128n) - 1n };

/** Reads `10.0.0.0/8` or `fd00::/8`; an address alone is a range of one. @returns undefined for anything else. */
export function parseRange(text: string): Range | undefined {
  const [address, length, more] = text.trim().split('/');
  if (address === undefined || more !== undefined) return undefined;
  const family = address.includes(':') ? 6 : 4;
  const bits = family === 4 ? 32 : 128;
  const value = family === 4 ? ipv4(address) : ipv6(address);
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (value === undefined || prefix < 0 || prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

export function overlaps(one: Range, other: Range): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function ipv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (!head) return undefined;
  const words = tail
    ? [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
    : head;
  if (words.length !== 8 || words.some((word) => !/^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  return words.reduce((value, word) => value * 65536n + BigInt(`0x${word}`), 0n);
}
