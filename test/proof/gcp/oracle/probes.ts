import { contains, isV6 } from '../../oracle/filters';
import { edges } from '../../oracle/probes';
import type { Packet } from './firewall';
import { GOOGLE_PUBLIC } from './routes';
import type { World } from './world';

/** Addresses of each sort that a way out may treat in its own manner, whatever the document names. */
const ANYWHERE = [
  ...['8.8.8.8', '203.0.113.5', '172.16.5.9', '192.168.7.7', '10.30.0.9', '100.64.0.9'],
  ...['199.36.153.9', '199.36.153.5', '2606:4700::1111'],
];
/** Never forwarded by any router: this host, link-local, multicast and reserved. */
const NOWHERE = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/8', 'fe80::/10', 'ff00::/8'];

const KNOWN = new WeakMap<World, readonly string[]>();

/** One address for each way in which the ranges that a world names can hold it or not. */
export function probes(world: World): readonly string[] {
  const known = KNOWN.get(world);
  if (known) return known;
  const ranges = [...new Set(JSON.stringify(world.resources).match(/(?<=")[0-9a-f.:]+\/\d+(?=")/g) ?? [])];
  const found = new Map<string, string>();
  for (const address of [...ANYWHERE, GOOGLE_PUBLIC, ...ranges.flatMap(edges)]) {
    if (NOWHERE.some((range) => contains(range, address))) continue;
    const sort = ranges.map((range) => (contains(range, address) ? 1 : 0)).join('');
    const special = ANYWHERE.includes(address) || address === GOOGLE_PUBLIC ? address : '';
    found.set(`${isV6(address)} ${sort} ${special}`, address);
  }
  KNOWN.set(world, [...found.values()]);
  return [...found.values()];
}

/** Packets from one address to another: each protocol, and each port at the edge of one that the world names. */
export function packetsTo(world: World, from: string, to: string): readonly Packet[] {
  return [
    ...portsOf(world).flatMap((port) =>
      (['tcp', 'udp'] as const).map((protocol): Packet => ({ from, to, protocol, port })),
    ),
    { from, to, protocol: 'icmp', port: 0 },
    { from, to, protocol: 'esp', port: 0 },
  ];
}

const PORTS = new WeakMap<World, readonly number[]>();

function portsOf(world: World): readonly number[] {
  const known = PORTS.get(world);
  if (known) return known;
  const named = [...JSON.stringify(world.resources).matchAll(/"ports":\[([^\]]*)\]/g)].flatMap(([, text]) =>
    [...String(text).matchAll(/\d+/g)].map(([port]) => Number(port)),
  );
  const found = [...new Set([443, ...named.flatMap((port) => [port - 1, port, port + 1])])].filter(
    (port) => port > 0 && port < 65_536,
  );
  PORTS.set(world, found);
  return found;
}
