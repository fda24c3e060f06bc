import type { Accounts, Account } from './gcp-accounts';
import type { Named } from './gcp-names';
import type { Networks, Subnet } from './gcp-networks';
import { blocks, setting } from './terraform-blocks';
import { keyOf, type Truth, Unknown, unknownIn, type Value } from './value';

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
}

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
    network: network === undefined && found ? found.network : networks.of(network, from),
    subnet: found,
    ...tags,
    account: accounts.of(account),
    // Cloud Run gives an instance none.
    publicIpv4: false,
    publicIpv6: found?.publicIpv6 ?? false,
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
    network: network === undefined && found ? found.network : networks.of(network, machine),
    subnet: found,
    ...tagsOf(setting(machine, 'tags'), id),
    account: accounts.of(setting(machine, 'service_account', 'email')),
    publicIpv4: access,
    publicIpv6: ipv6,
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
