/** One IPv4 range, as numbers. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** A range of addresses that a network is made of. */
export interface NamedRange {
  /** The prop it came from. */
  readonly name: string;
  readonly cidr: string;
  /** The largest prefix length allowed. */
  readonly longest: number;
}

/** Cloud Run can't reach it; an agents' network over it would lose its window. */
const UNREACHABLE = '192.168.1.0/24';

/**
 * What is wrong with the ranges: syntax, bits behind the prefix, size, overlap. The real provider accepts all four at plan,
 * and the platform refuses them half-way through an apply.
 */
export function rangeProblems(ranges: readonly NamedRange[]): string[] {
  const problems: string[] = [];
  const good: { name: string; range: Range }[] = [];
  for (const { name, cidr, longest } of ranges) {
    const range = parseCidr(cidr);
    if (typeof range === 'string') problems.push(`${name}: expected ${range}, got "${cidr}" [cidr-invalid]`);
    else if (Number(cidr.split('/')[1]) > longest)
      problems.push(`${name}: expected a range of /${longest} or larger, got "${cidr}" [cidr-too-small]`);
    else good.push({ name, range });
  }
  const unreachable = parseCidr(UNREACHABLE);
  for (const [index, { name, range }] of good.entries()) {
    if (typeof unreachable !== 'string' && overlap(range, unreachable))
      problems.push(`${name}: expected a range beside ${UNREACHABLE}, which Cloud Run can't reach [cidr-unreachable]`);
    for (const other of good.slice(index + 1)) {
      if (overlap(range, other.range))
        problems.push(
          `${name}: expected a range beside ${other.name}'s, got one that overlaps it; give them ranges of their own [cidr-overlap]`,
        );
    }
  }
  return problems;
}

/** The address at `offset` in a range that `rangeProblems` found nothing wrong with. */
export function addressIn(cidr: string, offset: number): string {
  const range = parseCidr(cidr);
  if (typeof range === 'string') throw new Error(`cidr: expected ${range}, got "${cidr}" [cidr-invalid]`);
  const value = range.first + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Whether a text is a sound IPv4 or IPv6 range for a firewall rule. */
export function isCidr(text: string): boolean {
  if (text.includes(':')) return /^[0-9a-f:]+\/(?:\d|[1-9]\d|1[01]\d|12[0-8])$/.test(text);
  return typeof parseCidr(text) !== 'string';
}

function parseCidr(cidr: string): Range | string {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)?.slice(1).map(Number);
  const [length] = parts?.slice(4) ?? [];
  if (!parts || length === undefined || length > 32 || parts.slice(0, 4).some((part) => part > 255))
    return 'an IPv4 range such as "10.10.0.0/24"';
  const first = parts.slice(0, 4).reduce((value, part) => value * 256 + part, 0);
  const size = 2 ** (32 - length);
  if (first % size !== 0) return 'a range with no bits set behind its prefix';
  return { first, last: first + size - 1 };
}

function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}
