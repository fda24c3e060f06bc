import { contains, parseRange, type Range } from './address';
import { EVERY_PORT, EVERY_PROTOCOL, type Packets } from './packets';

/** Packets to these never follow a route: loopback, link-local, multicast, broadcast. */
export const NOWHERE = [
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
].flatMap(wholeOf);
/** Packets to addresses of private networks. */
export const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(wholeOf);

/** Every packet to some addresses. */
export function whole(addresses: Range): Packets {
  return { addresses, protocols: EVERY_PROTOCOL, ports: EVERY_PORT };
}

/** Whether no packet to a range ever leaves a machine. */
export function isNowhere(range: Range): boolean {
  return NOWHERE.some(({ addresses }) => contains(addresses, range));
}

function wholeOf(text: string): Packets[] {
  const range = parseRange(text);
  return range ? [whole(range)] : [];
}
