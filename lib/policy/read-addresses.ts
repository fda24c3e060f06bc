import type { Fields } from './fields';
import { show } from './problem';

const PRIVATE: readonly (readonly [number, number])[] = [
  [ip(10, 0, 0, 0), 8],
  [ip(172, 16, 0, 0), 12],
  [ip(192, 168, 0, 0), 16],
  [ip(100, 64, 0, 0), 10],
];

/** `public`, or canonical private CIDRs. Loopback, link-local and metadata addresses are never admitted. */
export function readAddresses(fields: Fields): 'public' | readonly string[] {
  const value = fields.raw('addresses');
  if (value === undefined || value === 'public') return 'public';
  if (!Array.isArray(value) || value.length === 0) {
    fields.findings.add(
      'addresses-form',
      fields.at('addresses'),
      '"public" or a list such as ["10.20.0.0/16"]',
      show(value),
    );
    return 'public';
  }
  const cidrs = value.map((item: unknown) => (typeof item === 'string' ? item : show(item)));
  for (const cidr of cidrs) judge(cidr, fields);
  return [...new Set(cidrs)].sort();
}

function judge(cidr: string, fields: Fields): void {
  if (/^f[cd][0-9a-f]{2}:[0-9a-f:]*\/(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])$/.test(cidr)) return;
  const match = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\/([0-9]|[12][0-9]|3[0-2])$/.exec(cidr);
  const [a = 256, b = 256, c = 256, d = 256, length = 33] = match === null ? [] : match.slice(1).map(Number);
  const address = ip(a, b, c, d);
  if (Math.max(a, b, c, d) > 255 || (address & ~mask(length)) >>> 0 !== 0) {
    fields.findings.add(
      'addresses-form',
      fields.at('addresses'),
      'a canonical CIDR such as "10.20.0.0/16"',
      show(cidr),
      'the host bits are zero',
    );
  } else if (a === 127 || a === 0 || (a === 169 && b === 254)) {
    fields.findings.add(
      'addresses-forbidden',
      fields.at('addresses'),
      'an internal service',
      show(cidr),
      'loopback, link-local and metadata addresses are never dialled',
    );
  } else if (!PRIVATE.some(([network, bits]) => length >= bits && (address & mask(bits)) >>> 0 === network)) {
    fields.findings.add(
      'addresses-not-private',
      fields.at('addresses'),
      'a CIDR inside 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7',
      show(cidr),
      'public addresses need no list',
    );
  }
}

function ip(a: number, b: number, c: number, d: number): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function mask(length: number): number {
  return length === 0 ? 0 : (~0 << (32 - length)) >>> 0;
}
