import { parseRange, type Range } from './address';
import type { Named, Names } from './gcp-names';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { blocks, setting } from './terraform-blocks';
import { keyOf, or, type Truth, Unknown, unknownIn, type Value } from './value';

const NETWORK = 'google_compute_network';
const SUBNETWORK = 'google_compute_subnetwork';

/** A subnet, as far as it is known. */
export interface Subnet {
  readonly id: string;
  readonly resource: Resource | undefined;
  /** Whether it surely is none of the documents. */
  readonly foreign?: boolean;
  readonly network: Named;
  readonly ranges: readonly Range[];
  /** Members reach Google's APIs without an address of their own. */
  readonly googleAccess: Truth;
  readonly hasIpv6: Truth;
  /** Members have addresses of the internet's in IPv6. */
  readonly publicIpv6: Truth;
}

/** Networks and their subnets. */
export class Networks {
  private readonly known = new Map<string, Subnet>();

  constructor(
    private readonly terraform: Terraform,
    private readonly names: Names,
  ) {}

  /** The network a setting names; `from`: of which resource, where it may be a name alone. */
  of(value: Value | undefined, from?: Value): Named {
    return from === undefined ? this.names.find(value, NETWORK) : this.names.within(from, value, NETWORK);
  }

  subnet(value: Value | undefined, from?: Value): Subnet {
    const named = from === undefined ? this.names.find(value, SUBNETWORK) : this.names.within(from, value, SUBNETWORK);
    if (named.kind === 'resource') return this.read(named.resource);
    const truth =
      named.kind === 'unknown'
        ? named.unknown
        : Unknown.of(`subnet(${named.id})`, `the subnet ${named.id}, which no document holds, opens nothing`);
    const network: Named = { kind: 'unknown', id: `the network of ${named.id}`, unknown: truth };
    return {
      id: named.id,
      resource: undefined,
      foreign: named.kind === 'foreign',
      network,
      ranges: [],
      googleAccess: truth,
      hasIpv6: truth,
      publicIpv6: truth,
    };
  }

  /** The subnet of an interface that names none: the one with its network's name. */
  subnetLike(network: Named, written: Value | undefined): Subnet {
    return this.subnet(network.kind === 'resource' ? setting(network.resource.properties, 'name') : written);
  }

  /** Subnets of a network; `maybe`: those of which nobody knows whether they are. */
  subnetsOf(network: string): readonly Subnet[] {
    return this.all().filter((one) => one.network.id === network);
  }

  all(): readonly Subnet[] {
    return this.terraform.ofType(SUBNETWORK).map((resource) => this.read(resource));
  }

  /** Whether a setting names this network: a name nobody knows might. */
  isNetwork(value: Value | undefined, network: Named, from?: Value): Truth {
    return this.same(this.of(value, from), network);
  }

  /** The same of two that are already read. */
  same(one: Named, other: Named): Truth {
    if (one.kind === 'unknown') return one.unknown;
    if (other.kind === 'unknown') return other.unknown;
    if (one.kind === 'resource' || other.kind === 'resource') return one.id === other.id;
    return pathOf(one.id) === pathOf(other.id);
  }

  private read(resource: Resource): Subnet {
    const known = this.known.get(resource.id);
    if (known) return known;
    const { id, properties } = resource;
    const stack = setting(properties, 'stack_type');
    const dual = textIs(stack, ['IPV4_IPV6', 'IPV6_ONLY']);
    const external = setting(properties, 'ipv6_access_type');
    const subnet: Subnet = {
      id,
      resource,
      network: this.of(setting(properties, 'network'), properties),
      ranges: rangesOf(properties),
      googleAccess: or(
        isTrue(setting(properties, 'private_ip_google_access')),
        googleAccessByIpv6(setting(properties, 'private_ipv6_google_access')),
      ),
      hasIpv6: dual,
      publicIpv6: dual === false ? false : textIs(external, ['EXTERNAL']),
    };
    this.known.set(id, subnet);
    return subnet;
  }
}

/** Whether a setting is true, three-valued; absent is false. Terraform takes the texts `true` and `1` for it. */
export function isTrue(value: Value | undefined): Truth {
  if (value === undefined || value === null) return false;
  const unknown = unknownIn(value);
  if (unknown) return unknown;
  const text = String(keyOf(value)).toLowerCase();
  if (/^(?:true|1)$/.test(text)) return true;
  if (/^(?:false|0)$/.test(text)) return false;
  return Unknown.of('malformed(boolean)', 'a setting that should be true or false is false');
}

/** Whether a setting is one of these texts, three-valued; absent is none of them. */
export function textIs(value: Value | undefined, wanted: readonly string[]): Truth {
  if (value === undefined || value === null) return false;
  if (typeof value === 'string') return wanted.includes(value);
  return (
    unknownIn(value) ?? Unknown.of('malformed(text)', `a setting that should be a text is none of ${wanted.join(', ')}`)
  );
}

function googleAccessByIpv6(value: Value | undefined): Truth {
  if (value === undefined || value === 'DISABLE_GOOGLE_ACCESS') return false;
  return unknownIn(value) ?? true;
}

/** Empty where a range isn't known: then any address may be in it. */
function rangesOf(properties: Resource['properties']): Range[] {
  const secondary = blocks(setting(properties, 'secondary_ip_range')).map((one) => setting(one, 'ip_cidr_range'));
  const written = [setting(properties, 'ip_cidr_range'), ...secondary];
  const ranges = written.map((one) => (typeof one === 'string' ? parseRange(one) : undefined));
  const known = ranges.filter((range) => range !== undefined);
  return known.length === ranges.length ? known : [];
}

/** `projects/…` of a link or a path. */
function pathOf(path: string): string {
  return path.replace(/^.*?(?=projects\/)/, '');
}
