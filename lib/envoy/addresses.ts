import type { JsonObject } from './json';

/** Never dialled, whatever a policy lists: loopback, link-local, metadata services, and every wrapping of IPv4 inside IPv6. */
const NEVER = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '224.0.0.0/3',
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
] as const;

/** What `public` keeps out besides. */
const PRIVATE = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  'fc00::/7',
] as const;

/** Every range that isn't the public internet, as the keeper's own requests need it too. */
export const NOT_PUBLIC: readonly string[] = [...NEVER, ...PRIVATE];

interface Block {
  readonly value: bigint;
  readonly length: number;
  readonly bits: 32 | 128;
}

/**
 * The ranges Envoy's resolver must drop. Envoy only knows a deny list, so a list of private CIDRs becomes its complement.
 * Stops DNS rebinding to the proxy itself, to the cloud's metadata service and to the neighbours.
 */
export function buildDeniedRanges(addresses: 'public' | readonly string[]): readonly JsonObject[] {
  if (addresses === 'public') return NOT_PUBLIC.map(range);
  const allowed = addresses.map(parseBlock);
  const outside = ([32, 128] as const).flatMap((bits) =>
    complement(
      { value: 0n, length: 0, bits },
      allowed.filter((block) => block.bits === bits),
    ),
  );
  return [...NEVER.map(range), ...outside.map((block) => range(format(block)))];
}

/** The largest blocks of `within` that touch none of `allowed`. */
function complement(within: Block, allowed: readonly Block[]): readonly Block[] {
  const inside = allowed.filter((block) => overlaps(block, within));
  if (inside.length === 0) return [within];
  if (inside.some((block) => block.length <= within.length)) return [];
  const length = within.length + 1;
  const half = 1n << BigInt(within.bits - length);
  return [within.value, within.value + half].flatMap((value) =>
    complement({ value, length, bits: within.bits }, inside),
  );
}

function overlaps(a: Block, b: Block): boolean {
  const shift = BigInt(a.bits - Math.min(a.length, b.length));
  return a.value >> shift === b.value >> shift;
}

function range(cidr: string): JsonObject {
  const [prefix = '', length = ''] = cidr.split('/');
  return { address_prefix: prefix, prefix_len: Number(length) };
}

function parseBlock(cidr: string): Block {
  const [address = '', length = ''] = cidr.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 32 ? parseV4(address) : parseV6(address);
  const width = BigInt(bits - Number(length));
  return { value: (value >> width) << width, length: Number(length), bits };
}

function parseV4(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseV6(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function format(block: Block): string {
  const step = block.bits === 32 ? 8n : 16n;
  const count = block.bits === 32 ? 4 : 8;
  const parts = Array.from({ length: count }, (_, index) => {
    const part = (block.value >> (step * BigInt(count - 1 - index))) & ((1n << step) - 1n);
    return part.toString(block.bits === 32 ? 10 : 16);
  });
  return `${parts.join(block.bits === 32 ? '.' : ':')}/${block.length}`;
}
