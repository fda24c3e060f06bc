import { BlockList, isIPv4 } from 'node:net';
import { NOT_PUBLIC } from '../envoy';

const denied = new BlockList();
for (const cidr of NOT_PUBLIC) {
  const [net = '', bits] = cidr.split('/');
  denied.addSubnet(net, Number(bits), isIPv4(net) ? 'ipv4' : 'ipv6');
}

/** True of a public address. A token server's name that resolves to anything else is a way into the private network or to a cloud's metadata. */
export function isPublicAddress(address: string): boolean {
  return !denied.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** True of Google's metadata server, which speaks clear HTTP and so must be nobody else. */
export function isMetadataAddress(address: string): boolean {
  return address === '169.254.169.254' || address === 'fd20:ce::254';
}
