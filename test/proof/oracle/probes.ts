import { contains, isV6, type Packet } from './filters';
import { ofType, once, type World } from './world';

/** Addresses of each sort that a way out may treat in its own manner, whatever the template names. */
const ANYWHERE = [
  ...['8.8.8.8', '203.0.113.5', '52.216.1.1', '10.1.0.5', '172.31.0.5', '192.168.7.7', '100.64.0.9'],
  ...['2001:4860:4860::8888', '64:ff9b::808:808', 'fd00::5'],
];
/** Never forwarded by any router: this host, link-local, multicast and reserved. */
const NOWHERE = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/8', 'fe80::/10', 'ff00::/8'];
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
/** Some addresses of S3: which ones a region's list holds is not the template's to say. */
export const STORAGE = { range: '52.216.1.0/24', address: '52.216.1.1' };
export const NAT64 = '64:ff9b::/96';

/** The address of the sixth version by which NAT64 leads to one of the fourth, and back. */
export const toNat64 = (v4: string): string => `64:ff9b::${toText(toNumber(v4), 128).split(':').slice(-2).join(':')}`;
export const fromNat64 = (v6: string): string => toText(toNumber(v6) & 0xffff_ffffn, 32);

/** Whether an address is one of the internet's, which is all that an internet gateway carries to. */
export const isPublic = (address: string): boolean => ![...PRIVATE, NAT64].some((range) => contains(range, address));

/** Outside addresses, one for each way in which the ranges that a world names can hold it or not. */
export function addresses(world: World): readonly string[] {
  return once(world, 'addresses', () => {
    const ranges = [...new Set(JSON.stringify(world).match(/(?<=")[0-9a-f.:]+\/\d+(?=")/g) ?? [])];
    const local = [
      world.Vpc?.properties.CidrBlock,
      ...ofType(world, 'EC2::VPCCidrBlock').map(({ properties }) => properties.Ipv6CidrBlock),
    ];
    const classes = [...ranges, ...PRIVATE, NAT64, STORAGE.range];
    const found = new Map<string, string>();
    for (const address of [...ANYWHERE, ...ranges.flatMap(edges)]) {
      if ([...NOWHERE, ...local].some((range) => contains(range, address))) continue;
      const sort = `${isV6(address)} ${classes.map((range) => (contains(range, address) ? 1 : 0)).join('')}`;
      if (!found.has(sort)) found.set(sort, address);
    }
    return [...found.values()];
  });
}

/** The first and last address of a range, and those beside them. */
export function edges(range: string): readonly string[] {
  const [network = '', length] = range.split('/');
  const bits = isV6(network) ? 128 : 32;
  const size = 1n << BigInt(bits - Number(length));
  const first = (toNumber(network) / size) * size;
  return [first - 1n, first + 1n, first + size - 2n, first + size]
    .filter((one) => one >= 0n && one < 1n << BigInt(bits))
    .map((one) => toText(one, bits));
}

function toNumber(address: string): bigint {
  if (!isV6(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail = ''] = address
    .split('::')
    .map((half) => half.split(':').filter(Boolean))
    .map((one) => one.join(':'));
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const parts = address.includes('::')
    ? [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
    : left;
  return parts.reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
}

function toText(number: bigint, bits: number): string {
  const [step, radix, join] = bits === 32 ? [8n, 10, '.'] : [16n, 16, ':'];
  const parts = Array.from(
    { length: bits / Number(step) },
    (_, index) => (number >> (BigInt(index) * step)) & ((1n << step) - 1n),
  );
  return parts
    .reverse()
    .map((part) => part.toString(radix))
    .join(join);
}

/** Packets to an address: each protocol, and each port at the edge of a range that the world names. */
export function packetsTo(world: World, to: string): readonly Packet[] {
  return once(world, `packets ${to}`, () => {
    const icmp = isV6(to) ? ('icmpv6' as const) : ('icmp' as const);
    return [
      ...ports(world).flatMap((port) => (['tcp', 'udp'] as const).map((protocol) => ({ protocol, port, to }))),
      ...[8, 0, 252].map((port) => ({ protocol: icmp, port, to })),
      { protocol: '50' as const, port: 0, to },
    ];
  });
}

function ports(world: World): readonly number[] {
  return once(world, 'ports', () => {
    const named = JSON.stringify(world).matchAll(/"(?:FromPort|ToPort|From|To)":(\d+)/g);
    const edges = [...named].flatMap(([, port]) => [-1, 0, 1].map((step) => Number(port) + step));
    return [...new Set([443, ...edges])].filter((port) => port > 0 && port < 65_536);
  });
}
