import { parseRange } from './address';
import { type Belonging, Belongings } from './belonging';
import { property } from './evaluate';
import type { AclEntry } from './model';
import { EVERY_PORT, hasPorts, type Interval, protocolOf } from './packets';
import type { Resource, Templates } from './templates';
import { keyOf, Unknown } from './value';

type Direction = 'out' | 'in';

/** Network access lists by subnet, the entries for packets of one direction in the order they are judged. */
export class Acls {
  private readonly associations: Belongings;
  private readonly entries: Belongings;

  constructor(private readonly templates: Templates) {
    this.associations = new Belongings(
      templates,
      'AWS::EC2::SubnetNetworkAclAssociation',
      'SubnetId',
      'AWS::EC2::Subnet',
    );
    this.entries = new Belongings(templates, 'AWS::EC2::NetworkAclEntry', 'NetworkAclId', 'AWS::EC2::NetworkAcl');
  }

  /** The list of a subnet; undefined lets everything through. */
  of(subnet: string, direction: Direction): readonly AclEntry[] | undefined {
    const [association, another] = this.associations.of(subnet);
    const acl = this.templates.referred(property(association?.resource.properties, 'NetworkAclId'));
    // A list that isn't known, may not be there, or may be replaced by another protects nothing.
    if (association?.truth !== true || another || acl?.type !== 'AWS::EC2::NetworkAcl' || acl.exists !== true)
      return undefined;
    return this.entries
      .of(acl.id)
      .map((entry) => readEntry(entry, direction))
      .filter((entry) => entry !== undefined)
      .sort((one, other) => one.number - other.number);
  }
}

/** Undefined: an entry of the other direction. One of an unknown place allows before any other. */
function readEntry({ resource, truth }: Belonging, wanted: Direction): (AclEntry & { number: number }) | undefined {
  const { id, properties } = resource;
  const written = property(properties, 'Egress');
  const direction = written === undefined ? 'in' : DIRECTIONS[keyOf(written)?.toLowerCase() ?? ''];
  if (direction !== undefined && direction !== wanted) return undefined;
  const allow = property(properties, 'RuleAction') !== 'deny';
  const number = Number(keyOf(property(properties, 'RuleNumber')) || NaN);
  const known = truth === true && direction !== undefined && Number.isFinite(number);
  const unknown = Unknown.of(`acl(${id})`, `the access list entry ${id} lets nothing more through`);
  return {
    id,
    by: `RuleNumber ${Number.isFinite(number) ? number : 'that isn’t known'}`,
    allow,
    packets: (known ? packetsOf(properties, allow) : undefined) ?? unknown,
    number: known ? number : -1,
  };
}

const DIRECTIONS: Readonly<Record<string, Direction>> = { true: 'out', false: 'in' };

function packetsOf(properties: Resource['properties'], allow: boolean): AclEntry['packets'] | undefined {
  const [cidr, another] = ['CidrBlock', 'Ipv6CidrBlock'].flatMap((name) => property(properties, name) ?? []);
  if (another !== undefined) return undefined;
  const addresses = typeof cidr === 'string' ? parseRange(cidr) : undefined;
  const protocols = protocolOf(keyOf(property(properties, 'Protocol')) ?? '');
  if (!addresses || !protocols) return undefined;
  const ports = hasPorts(protocols) ? portsOf(properties) : EVERY_PORT;
  // An entry whose ports aren't known, or for one kind of ICMP, refuses less than all of it.
  const partial = ports === undefined || property(properties, 'Icmp') !== undefined;
  return partial && !allow ? undefined : { addresses, protocols, ports: ports ?? EVERY_PORT };
}

function portsOf(properties: Resource['properties']): Interval | undefined {
  const [from, to] = ['From', 'To'].map((end) => Number(keyOf(property(properties, 'PortRange', end)) || NaN));
  if (from === undefined || to === undefined || !(from >= 0 && to >= from)) return undefined;
  return { first: from, last: Math.min(to, 65535) };
}
