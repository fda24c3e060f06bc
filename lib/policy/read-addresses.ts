import type { Fields } from './fields';
import { childPath } from './plain-data';
import { show, type Findings } from './problem';

/** RFC 1918, RFC 6598, RFC 4193. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map(parseBlock);
/** Loopback, link-local and metadata: the compiler denies them besides, whatever block they lie in. */
const NEVER = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'fe80::/10',
  '::/96',
].map(parseBlock);

interface Block {
  readonly value: bigint;
  readonly length: number;
  readonly bits: 32 | 128;
}

/** `public`, or sorted private CIDRs without those that another holds. */
export function readAddresses(fields: Fields): 'public' | readonly string[] {
  const value = fields.raw('addresses');
  const where = fields.at('addresses');
  if (value === undefined || value === 'public') return 'public';
  if (!Array.isArray(value) || value.length === 0) {
    fields.findings.add(
      'addresses-form',
      where,
      '"public" or a list such as ["10.20.0.0/16"]',
      show(value),
      'leave it out for public addresses',
    );
    return 'public';
  }
  const blocks = value.flatMap((item: unknown, index) => {
    const block = readBlock(item, childPath(where, index), fields.findings);
    return block === undefined ? [] : [[String(item), block] as const];
  });
  const widest = blocks.filter(
    ([, block]) => !blocks.some(([, other]) => other.length < block.length && holds(other, block)),
  );
  return [...new Set(widest.map(([cidr]) => cidr))].sort();
}

function readBlock(item: unknown, where: string, findings: Findings): Block | undefined {
  const block = typeof item === 'string' ? parseBlock(item) : undefined;
  if (block === undefined) {
    const mend = 'the bits behind the length are zero, IPv6 is lower case and as short as it can be';
    findings.add('addresses-form', where, 'a canonical CIDR such as "10.20.0.0/16"', show(item), mend);
  } else if (NEVER.some((never) => never !== undefined && holds(never, block))) {
    const mend = 'loopback, link-local and metadata addresses are never dialled';
    findings.add('addresses-forbidden', where, 'an internal service', show(item), mend);
  } else if (!PRIVATE.some((known) => known !== undefined && holds(known, block))) {
    const expected = 'a CIDR inside 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7';
    findings.add('addresses-not-private', where, expected, show(item), 'public addresses need no list');
  } else return block;
  return undefined;
}

/** Whether every address of `inner` is one of `outer`. */
function holds(outer: Block, inner: Block): boolean {
  const shift = BigInt(outer.bits - outer.length);
  return outer.bits === inner.bits && inner.length >= outer.length && inner.value >> shift === outer.value >> shift;
}

/** Only the one canonical text of a block (RFC 5952 for IPv6): two texts of one block would be two policies. */
function parseBlock(cidr: string): Block | undefined {
  const [address = '', length = '', ...more] = cidr.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 32 ? parseV4(address) : parseV6(address);
  if (value === undefined || more.length > 0 || !/^(?:0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  const width = bits - Number(length);
  return width < 0 || (value >> BigInt(width)) << BigInt(width) !== value
    ? undefined
    : { value, length: Number(length), bits };
}

function parseV4(address: string): bigint | undefined {
  if (!/^(?:(?:0|[1-9][0-9]{0,2})(?:\.|$)){4}$/.test(address) || address.endsWith('.')) return undefined;
  const parts = address.split('.').map(Number);
  return parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseV6(address: string): bigint | undefined {
  if (!/^[0-9a-f:]+$/.test(address) || !URL.canParse(`https://[${address}]/`)) return undefined;
  // The URL parser writes the canonical form.
  if (new URL(`https://[${address}]/`).hostname !== `[${address}]`) return undefined;
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
