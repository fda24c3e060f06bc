import { parseRange, type Range, type Ranges } from './address';
import { Belongings } from './belonging';
import { property } from './evaluate';
import type { Resource, Templates } from './templates';
import { keyOf, or, type Truth, Unknown, unknownIn, type Value, type ValueObject } from './value';

/** Addresses of networks and subnets: written in them, beside them, or given by the cloud at deployment. */
export class Ranging {
  private readonly ofNetworks: Belongings;
  private readonly ofSubnets: Belongings;
  private readonly known = new Map<string, Ranges>();

  constructor(private readonly templates: Templates) {
    this.ofNetworks = new Belongings(templates, 'AWS::EC2::VPCCidrBlock', 'VpcId', 'AWS::EC2::VPC');
    this.ofSubnets = new Belongings(templates, 'AWS::EC2::SubnetCidrBlock', 'SubnetId', 'AWS::EC2::Subnet');
  }

  /** What a network has for certain. */
  localTo(network: string): readonly Range[] {
    const vpc = this.templates.find(network);
    const beside = this.ofNetworks.of(network).filter(({ truth }) => truth === true);
    return [vpc, ...beside.map(({ resource }) => resource)].flatMap((one) => written(one?.properties).known);
  }

  /** What a network may have: also where a condition decides, or the cloud. */
  ofNetwork(network: string): Ranges {
    const known = this.known.get(network);
    if (known) return known;
    const vpc = this.templates.find(network);
    const beside = this.ofNetworks.of(network);
    const all = [written(vpc?.properties), ...beside.map(({ resource }) => written(resource.properties))];
    const some = all.some(({ unknown }) => unknown) || beside.some(({ truth }) => truth !== true) || !vpc;
    const found = {
      known: all.flatMap((one) => one.known),
      ...(some ? { unknown: unknownRanges(network) } : {}),
    };
    this.known.set(network, found);
    return found;
  }

  /** What a subnet says of itself; nothing of it decides where a packet stays. */
  ofSubnet(properties: ValueObject): Ranges {
    return written(properties);
  }

  /** Whether packets of IPv6 have an address to come from. */
  hasIpv6({ id, properties }: Resource): Truth {
    const given = ['Ipv6CidrBlock', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'].some(
      (name) => property(properties, name) !== undefined,
    );
    const switched = ['Ipv6Native', 'AssignIpv6AddressOnCreation'].map((name) => isOn(property(properties, name)));
    return or(given, ...switched, ...this.ofSubnets.of(id).map(({ truth }) => truth));
  }
}

const WRITTEN = ['CidrBlock', 'Ipv6CidrBlock'];
const GIVEN = ['Ipv4IpamPoolId', 'Ipv6IpamPoolId', 'Ipv6Pool', 'AmazonProvidedIpv6CidrBlock', 'Ipv6Native'];

function written(properties: ValueObject | undefined): Ranges {
  const values = WRITTEN.map((name) => property(properties, name));
  const known = values.flatMap((value) => (typeof value === 'string' ? (parseRange(value) ?? []) : []));
  const stated = values.filter((value) => value !== undefined).length;
  const given = GIVEN.some((name) => isOn(property(properties, name)) !== false);
  return known.length > 0 && known.length === stated && !given ? { known } : { known, unknown: unknownRanges('') };
}

function unknownRanges(id: string): Unknown {
  return Unknown.of(`ranges(${id})`, `none of the addresses that ${id} is given at deployment is admitted there`);
}

function isOn(value: Value | undefined): Truth {
  return unknownIn(value) ?? (value !== undefined && keyOf(value) !== 'false');
}
