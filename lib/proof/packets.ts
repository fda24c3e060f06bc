import { EVERY_IPV4, EVERY_IPV6, type Range } from './address';

/** A set of packets: addresses × protocols × ports, all ends included. Ports of protocols without them are all ports. */
export interface Packets {
  readonly addresses: Range;
  readonly protocols: Interval;
  readonly ports: Interval;
}

export interface Interval {
  readonly first: number;
  readonly last: number;
}

export const EVERY_PROTOCOL: Interval = { first: 0, last: 255 };
export const EVERY_PORT: Interval = { first: 0, last: 65535 };
export const EVERY_PACKET: readonly Packets[] = [EVERY_IPV4, EVERY_IPV6].map((addresses) => ({
  addresses,
  protocols: EVERY_PROTOCOL,
  ports: EVERY_PORT,
}));

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

/** Reads a protocol as security groups and access lists write it; undefined when it is neither a name nor a number. */
export function protocolOf(written: string): Interval | undefined {
  if (written === '-1' || written.toLowerCase() === 'all') return EVERY_PROTOCOL;
  const named = Object.hasOwn(NUMBERS, written.toLowerCase()) ? NUMBERS[written.toLowerCase()] : undefined;
  const number = named ?? (/^\d{1,3}$/.test(written) ? Number(written) : -1);
  return number >= 0 && number <= 255 ? { first: number, last: number } : undefined;
}

/** Whether a protocol has ports. */
export function hasPorts({ first, last }: Interval): boolean {
  return first === last && (first === 6 || first === 17);
}

export function intersect(one: Packets, other: Packets): Packets | undefined {
  if (one.addresses.family !== other.addresses.family) return undefined;
  const { family } = one.addresses;
  const first = larger(one.addresses.first, other.addresses.first);
  const last = smaller(one.addresses.last, other.addresses.last);
  const protocols = shared(one.protocols, other.protocols);
  const ports = shared(one.ports, other.ports);
  return first <= last && protocols && ports ? { addresses: { family, first, last }, protocols, ports } : undefined;
}

/** What is left of a set when another is taken away: at most six sets. */
export function subtract(from: Packets, taken: Packets): readonly Packets[] {
  const middle = intersect(from, taken);
  if (!middle) return [from];
  const { family } = from.addresses;
  const left: Packets[] = [];
  const keep = (first: bigint, last: bigint) => {
    if (first <= last) left.push({ ...from, addresses: { family, first, last } });
  };
  keep(from.addresses.first, middle.addresses.first - 1n);
  keep(middle.addresses.last + 1n, from.addresses.last);
  const { addresses, protocols } = middle;
  for (const piece of outside(from.protocols, protocols)) left.push({ addresses, protocols: piece, ports: from.ports });
  for (const piece of outside(from.ports, middle.ports)) left.push({ addresses, protocols, ports: piece });
  return left;
}

/** What is left of several sets when several are taken away. */
export function subtractAll(from: readonly Packets[], taken: readonly Packets[]): readonly Packets[] {
  return taken.reduce<readonly Packets[]>((left, one) => left.flatMap((set) => subtract(set, one)), from);
}

/** `TCP 443`, `every protocol`, … for reports. */
export function describePackets({ protocols, ports }: Packets): string {
  if (protocols.first === 0 && protocols.last === 255) return 'every protocol';
  if (protocols.first !== protocols.last) return `protocols ${protocols.first}-${protocols.last}`;
  const name = Object.entries(NUMBERS)
    .find(([, number]) => number === protocols.first)?.[0]
    .toUpperCase();
  const shown = name ?? `protocol ${protocols.first}`;
  if (!hasPorts(protocols)) return shown;
  if (ports.first === 0 && ports.last === 65535) return `${shown}, every port`;
  return ports.first === ports.last ? `${shown} ${ports.first}` : `${shown} ${ports.first}-${ports.last}`;
}

function shared(one: Interval, other: Interval): Interval | undefined {
  const first = Math.max(one.first, other.first);
  const last = Math.min(one.last, other.last);
  return first <= last ? { first, last } : undefined;
}

function outside(whole: Interval, middle: Interval): Interval[] {
  return [
    { first: whole.first, last: middle.first - 1 },
    { first: middle.last + 1, last: whole.last },
  ].filter(({ first, last }) => first <= last);
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
