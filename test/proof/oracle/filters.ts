import { BlockList } from 'node:net';
import { fields, list, ofType, once, type Properties, type World } from './world';

export interface Packet {
  readonly to: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | '50';
  /** ICMP: the type, with code 0. */
  readonly port: number;
}

export interface Interface {
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly v4: string;
  readonly v6?: string;
  readonly isPublic: boolean;
}

const NUMBERS: Readonly<Record<string, string>> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
};

const KNOWN = new Map<unknown, Map<string, boolean>>();

/** Whether an address is of the sixth version. */
export const isV6 = (address: string): boolean => address.includes(':');

/** Whether an address is in a range; nothing is in what is no range. */
export function contains(range: unknown, address: string): boolean {
  const asked = KNOWN.get(range) ?? new Map<string, boolean>();
  const answer = asked.get(address) ?? isIn(range, address);
  KNOWN.set(range, asked.set(address, answer));
  return answer;
}

function isIn(range: unknown, address: string): boolean {
  const [network = '', length] = String(range).split('/');
  if (length === undefined || isV6(network) !== isV6(address)) return false;
  const kind = isV6(network) ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(network, Number(length), kind);
  return block.check(address, kind);
}

/** What a prefix list holds: of the template's own its entries, of any other we know nothing, so it may be anything public. */
export function prefixes(world: World, id: unknown): readonly string[] {
  const own = world[String(id)];
  if (own?.type !== 'AWS::EC2::PrefixList') return ['0.0.0.0/0', '::/0'];
  return list(own.properties.Entries).map((entry) => String(fields(entry).Cidr));
}

/** The rules of an interface's groups that speak of an address, or of the groups of who has it. */
export function rulesOut(world: World, from: Interface, address: string, to?: Interface): readonly Properties[] {
  return from.groups
    .flatMap((group) => rulesOf(world, group, 'Egress'))
    .filter(
      (rule) =>
        contains(rule.CidrIp ?? rule.CidrIpv6, address) ||
        (rule.DestinationPrefixListId !== undefined &&
          prefixes(world, rule.DestinationPrefixListId).some((range) => contains(range, address))) ||
        (to?.groups.includes(String(rule.DestinationSecurityGroupId)) ?? false),
    );
}

/** The rules of an interface's groups that admit a source, or the groups of who it is. */
export function rulesIn(world: World, to: Interface, source: string, from: Interface): readonly Properties[] {
  return to.groups
    .flatMap((group) => rulesOf(world, group, 'Ingress'))
    .filter(
      (rule) =>
        contains(rule.CidrIp ?? rule.CidrIpv6, source) || from.groups.includes(String(rule.SourceSecurityGroupId)),
    );
}

type Direction = 'Egress' | 'Ingress';
const rulesOf = (world: World, group: string, direction: Direction) =>
  once(world, `${direction} ${group}`, () => rules(world, group, direction));

/** The rules of a group. Without any of its own it is created open outwards, and stays so until a first rule replaces that one. */
function rules(world: World, group: string, direction: Direction): readonly Properties[] {
  const everything = [
    { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
    { IpProtocol: '-1', CidrIpv6: '::/0' },
  ];
  if (group === 'sg-lets-nothing') return [];
  if (group === 'sg-lets-everything') return direction === 'Egress' ? everything : [];
  if (group.endsWith('.DefaultSecurityGroup') && direction === 'Ingress')
    return [{ IpProtocol: '-1', SourceSecurityGroupId: group }];
  const inline = list(world[group]?.properties[`SecurityGroup${direction}`]).map(fields);
  const apart = ofType(world, `EC2::SecurityGroup${direction}`)
    .map(({ properties }) => properties)
    .filter(({ GroupId }) => GroupId === group);
  return [...inline, ...apart, ...(direction === 'Egress' && inline.length === 0 ? everything : [])];
}

/** Whether a rule is for a packet's protocol and port. */
export function carries(rule: Properties, { protocol, port }: Packet): boolean {
  const named = String(rule.IpProtocol);
  if (named === '-1') return true;
  if ((NUMBERS[named] ?? named) !== protocol) return false;
  if (protocol === '50') return true;
  const from = Number(rule.FromPort ?? -1);
  if (protocol.startsWith('icmp')) return from === -1 || (from === port && [-1, 0].includes(Number(rule.ToPort ?? -1)));
  return from === -1 || (from <= port && port <= Number(rule.ToPort));
}

/** Whether a subnet's access list passes a packet: entries by number, the first that fits decides, none denies. */
export function aclPasses(world: World, subnet: string, way: 'in' | 'out', packet: Packet, source: string): boolean {
  const entries = once(world, `acl ${subnet} ${way}`, () => entriesOf(world, subnet, way));
  const address = way === 'out' ? packet.to : source;
  const first = entries?.find(
    (entry) => contains(entry.CidrBlock ?? entry.Ipv6CidrBlock, address) && aclCarries(entry, packet),
  );
  return entries === undefined || first?.RuleAction === 'allow';
}

/** The entries of a subnet's own list in order; `undefined` where it has the network's default one, which passes all. */
function entriesOf(world: World, subnet: string, way: 'in' | 'out'): readonly Properties[] | undefined {
  const association = ofType(world, 'EC2::SubnetNetworkAclAssociation').find(
    ({ properties }) => properties.SubnetId === subnet,
  );
  return (
    association &&
    ofType(world, 'EC2::NetworkAclEntry')
      .map(({ properties }) => properties)
      .filter(({ NetworkAclId }) => NetworkAclId === association.properties.NetworkAclId)
      .filter(({ Egress }) => (Egress === true) === (way === 'out'))
      .sort((a, b) => Number(a.RuleNumber) - Number(b.RuleNumber))
  );
}

function aclCarries({ Protocol, PortRange }: Properties, { protocol, port }: Packet): boolean {
  const named = String(Protocol);
  if (named === '-1') return true;
  if ((NUMBERS[named] ?? named) !== protocol) return false;
  const { From, To } = fields(PortRange);
  return protocol.startsWith('icmp') || From === undefined || (Number(From) <= port && port <= Number(To));
}
