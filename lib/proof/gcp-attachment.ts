import type { Accounts, Account } from './gcp-accounts';
import type { Named } from './gcp-names';
import { isTrue, type Networks, type Subnet, textIs } from './gcp-networks';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** An interface in a network: what firewall rules and routes ask of whoever sends or listens. */
export interface Attachment {
  /** The workload whose it is. */
  readonly id: string;
  /** Its setting that places it there. */
  readonly by: string;
  readonly network: Named;
  readonly subnet: Subnet | undefined;
  readonly tags: readonly string[];
  /** Set when some tag isn't known. */
  readonly unknownTag: Unknown | undefined;
  readonly account: Account | undefined;
  readonly publicIpv4: Truth;
  readonly publicIpv6: Truth;
  /** Whether it may send with addresses that aren't its own. */
  readonly anySource: boolean;
}

/** Whether an interface has a tag: two that only are referred to may be the same. */
export function hasTag(tag: Value, { id, tags, unknownTag }: Attachment): Truth {
  const unknown = unknownIn(tag);
  const key = keyOf(tag);
  if (unknown || key === undefined) return unknown ?? Unknown.of(`tag(${shown(tag)})`, `${id} doesn’t have that tag`);
  if (tags.includes(key)) return true;
  const written = [key, ...tags].every((one) => !REFERRED.test(one));
  return unknownTag ?? (written ? false : Unknown.of(`tag(${shown(tag)})`, `${shown(tag)} is no tag of ${id}`));
}

const REFERRED = /\uFDD0/;

/** What an attachment is read with. */
export interface Surroundings {
  readonly networks: Networks;
  readonly accounts: Accounts;
  /** The settings of the workload: names alone are of its project. */
  readonly from?: Value;
}

/** Reads the interface of a Cloud Run instance (Direct VPC egress). */
export function directAttachment(
  id: string,
  written: Value,
  by: string,
  account: Value | undefined,
  { networks, accounts, from }: Surroundings,
): Attachment {
  const subnet = setting(written, 'subnetwork');
  const network = setting(written, 'network');
  const found = subnetOf(networks, network, subnet, from);
  const tags = tagsOf(setting(written, 'tags'), id);
  return {
    id,
    by,
    network: networkOf(id, networks, network, found, from),
    subnet: found,
    ...tags,
    account: accounts.of(account),
    // Cloud Run gives an instance none.
    publicIpv4: false,
    publicIpv6: found?.publicIpv6 ?? false,
    anySource: false,
  };
}

/** Reads one interface of a machine or of a template of machines. */
export function machineAttachment(
  id: string,
  machine: Value,
  index: number,
  written: Value,
  { networks, accounts }: Surroundings,
): Attachment {
  const subnet = setting(written, 'subnetwork');
  const network = setting(written, 'network');
  const found = subnetOf(networks, network, subnet, machine);
  const access = present(written, 'access_config');
  const ipv6 = present(written, 'ipv6_access_config');
  return {
    id,
    by: `network_interface[${index}]`,
    network: networkOf(id, networks, network, found, machine),
    subnet: found,
    ...tagsOf(setting(machine, 'tags'), id),
    account: accounts.of(setting(machine, 'service_account', 'email')),
    publicIpv4: access,
    publicIpv6: or(ipv6, and(found?.publicIpv6 ?? false, bySubnet(id, written))),
    anySource: isTrue(setting(machine, 'can_ip_forward')) !== false,
  };
}

function subnetOf(
  networks: Networks,
  network: Value | undefined,
  subnet: Value | undefined,
  from: Value | undefined,
): Subnet | undefined {
  if (subnet !== undefined) return networks.subnet(subnet, from);
  return network === undefined ? undefined : networks.subnetLike(networks.of(network, from), network);
}

/** The network of an interface: its own word, its subnet's, and where these differ nobody knows which. */
function networkOf(
  id: string,
  networks: Networks,
  network: Value | undefined,
  subnet: Subnet | undefined,
  from: Value | undefined,
): Named {
  if (network === undefined && subnet) return subnet.network;
  // Such as one of a network attachment, which says itself whose it is.
  if (network === undefined)
    return { kind: 'unknown', id: 'a network', unknown: Unknown.of(`network(${id})`, `${id} is in another network`) };
  const named = networks.of(network, from);
  if (!subnet?.resource || networks.same(named, subnet.network) !== false) return named;
  const unknown = Unknown.of(`network(${subnet.id})`, `${subnet.id} is of the network ${named.id}`);
  return { kind: 'unknown', id: named.id, unknown };
}

/** Whether an interface may have an address in IPv6 that nothing but its subnet gives it. */
function bySubnet(id: string, written: Value): Truth {
  const dual = textIs(setting(written, 'stack_type'), ['IPV4_IPV6', 'IPV6_ONLY']);
  return and(dual, Unknown.of(`address(${id})`, `${id} has no address in IPv6`));
}

function tagsOf(value: Value | undefined, id: string): Pick<Attachment, 'tags' | 'unknownTag'> {
  const listed = value instanceof Unknown ? [value] : blocks(value);
  const unknown = listed.map(unknownIn).find((one) => one !== undefined);
  const tags = listed.flatMap((one) => (unknownIn(one) ? [] : (keyOf(one) ?? [])));
  const odd = tags.length < listed.length ? Unknown.of(`tags(${id})`, `no tag of ${id} opens anything`) : undefined;
  return { tags, unknownTag: unknown ?? odd };
}

function present(written: Value, key: string): Truth {
  const listed = setting(written, key);
  if (listed instanceof Unknown) return listed;
  const found = blocks(listed);
  return found.find((one) => one instanceof Unknown) ?? found.length > 0;
}
