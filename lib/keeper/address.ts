import { BlockList, isIPv4 } from 'node:net';
import { NOT_PUBLIC } from '../envoy';

// Two lists: one list would match every IPv4 address by the range of those that IPv6 wraps.
const denied = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const cidr of NOT_PUBLIC) {
  const [net = '', bits] = cidr.split('/');
  denied[family(net)].addSubnet(net, Number(bits), family(net));
}

/** True of a public address. A token server's name that resolves to anything else is a way into the private network or to a cloud's metadata. */
export function isPublicAddress(address: string): boolean {
  return !denied[family(address)].check(address, family(address));
}

/** True of Google's metadata server, which speaks clear HTTP and so must be nobody else. */
export function isMetadataAddress(address: string): boolean {
  return address === '169.254.169.254' || address === 'fd20:ce::254';
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
