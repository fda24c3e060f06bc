import { EVERY_IPV4, EVERY_IPV6, parseRange } from './address';
import { property } from './evaluate';
import type { Group, Peer, Rule } from './model';
import { EVERY_PORT, EVERY_PROTOCOL, hasPorts, type Interval, protocolOf } from './packets';
import type { Resource, Templates } from './templates';
import { and, isList, isObject, keyOf, Reference, shown, type Truth, Unknown, unknownIn, type Value } from './value';

type Direction = 'Egress' | 'Ingress';

/** Security groups of the templates, with their rules written inside and beside them, and those that are only named. */
export class Groups {
  private readonly byKey = new Map<string, Group>();
  /** Rules beside groups, by the key of the group. */
  private readonly separate: Readonly<Record<Direction, ReadonlyMap<string, readonly Rule[]>>>;
  private readonly floating: Readonly<Record<Direction, Rule[]>> = { Egress: [], Ingress: [] };
  private readonly emptiedDefaults: ReadonlySet<string>;

  constructor(private readonly templates: Templates) {
    this.separate = { Egress: this.beside('Egress'), Ingress: this.beside('Ingress') };
    // The CDK's own custom resource takes every rule from a VPC's default group.
    this.emptiedDefaults = new Set(
      templates
        .ofType('Custom::VpcRestrictDefaultSG')
        .filter(({ exists }) => exists === true)
        .flatMap(({ properties }) => keyOf(property(properties, 'DefaultSecurityGroupId')) ?? []),
    );
  }

  /** The group a value names. */
  of(value: Value): Group {
    const key = groupKey(value, this.templates);
    if (key === undefined) return unknownGroup('of a name not known', value);
    const known = this.byKey.get(key);
    if (known) return known;
    const resource = this.templates.find(key);
    const held = resource?.type === 'AWS::EC2::SecurityGroup' ? this.stated(resource) : this.named(key, value);
    const group = {
      ...held,
      egress: [...held.egress, ...this.floating.Egress],
      ingress: [...held.ingress, ...this.floating.Ingress],
    };
    this.byKey.set(key, group);
    return group;
  }

  /** The group of whatever names none. */
  defaultOf(vpcId: string): Group {
    const value = new Reference('resource', vpcId, 'DefaultSecurityGroup');
    return this.of(value);
  }

  /** A group's key as people read it. */
  shown(key: string): string {
    return this.byKey.get(key)?.id ?? key.replace(/\uFDD0\uFDD4?([^\uFDD1]*)\uFDD1([^\uFDD2]*)\uFDD2/g, '$1.$2');
  }

  private stated(resource: Resource): Group {
    const inline = (direction: Direction) => {
      const listed = property(resource.properties, `SecurityGroup${direction}`);
      const by = `SecurityGroup${direction}`;
      if (listed !== undefined && !isList(listed))
        return [unknownRule(resource.id, by, unreadable(resource.id, by, listed))];
      return (listed ?? []).flatMap((rule, index) =>
        readRules(resource.id, `SecurityGroup${direction}[${index}]`, rule, direction, resource.exists, this.templates),
      );
    };
    const egress = inline('Egress');
    return {
      key: resource.id,
      id: resource.id,
      egress: [
        ...(egress.length > 0 || resource.terraform !== undefined ? egress : createdOpen(resource)),
        ...(this.separate.Egress.get(resource.id) ?? []),
      ],
      ingress: [...inline('Ingress'), ...(this.separate.Ingress.get(resource.id) ?? [])],
    };
  }

  private named(key: string, value: Value): Group {
    const egress = this.separate.Egress.get(key) ?? [];
    const ingress = this.separate.Ingress.get(key) ?? [];
    if (!isDefault(value)) {
      const unknown = unknownGroup(shown(value), value);
      return { ...unknown, key, egress: [...egress, ...unknown.egress], ingress: [...ingress, ...unknown.ingress] };
    }
    const id = `${value.id}.DefaultSecurityGroup`;
    if (this.emptiedDefaults.has(key)) {
      // It takes away what the group is made with: not the rule that it is given with the network's first range of IPv6.
      const six = 'the default group of a VPC with IPv6 lets everything of it out';
      return { key, id, egress: [everything(id, six, { kind: 'range', range: EVERY_IPV6 }, true), ...egress], ingress };
    }
    const self: Peer = { kind: 'group', id: key };
    return {
      key,
      id,
      egress: [...openTo(id, 'the default group of a VPC lets everything out', true), ...egress],
      ingress: [everything(id, 'the default group of a VPC admits its own members', self, true), ...ingress],
    };
  }

  private beside(direction: Direction): Map<string, Rule[]> {
    const found = new Map<string, Rule[]>();
    for (const resource of this.templates.ofType(`AWS::EC2::SecurityGroup${direction}`)) {
      const group = property(resource.properties, 'GroupId') ?? property(resource.properties, 'GroupName');
      const { id, properties, exists } = resource;
      const rules = readRules(id, 'Properties', properties, direction, exists, this.templates);
      const key = groupKey(group, this.templates);
      if (key !== undefined) found.set(key, [...(found.get(key) ?? []), ...rules]);
      // A rule of a group that isn't known may be of any group.
      const doubt = strange(group, this.templates);
      if (doubt) this.floating[direction].push(...rules.map((rule) => ({ ...rule, exists: and(rule.exists, doubt) })));
    }
    return found;
  }
}

function isDefault(value: Value | undefined): value is Reference {
  return value instanceof Reference && value.attribute === 'DefaultSecurityGroup';
}

/** Why a value may name any group; undefined for one that the templates make. */
function strange(value: Value | undefined, templates: Templates): Unknown | undefined {
  if (isDefault(value) && templates.referred(value)?.type === 'AWS::EC2::VPC') return undefined;
  const type = 'AWS::EC2::SecurityGroup';
  if (templates.referred(value)?.type === type) return undefined;
  const doubt = templates.names(value, { id: '', type });
  return doubt instanceof Unknown ? doubt : undefined;
}

/** What names a group: the resource's id, or the key of whatever stands there. */
export function groupKey(value: Value | undefined, templates: Templates): string | undefined {
  const resource = templates.referred(value);
  return resource?.type === 'AWS::EC2::SecurityGroup' ? resource.id : keyOf(value);
}

function unknownGroup(name: string, value: Value): Group {
  const unknown =
    unknownIn(value) ??
    Unknown.of(`group(${name})`, `the security group ${name}, which no template holds, has no further rules`);
  const rules = [unknownRule(name, 'rules not in the templates', unknown)];
  return { key: keyOf(value) ?? name, id: name, egress: rules, ingress: rules, unknown };
}

/**
 * CloudFormation creates a group without inline egress as allow-all, and it is so again when the last rule beside it goes.
 * Terraform's provider takes that rule away as it makes the group.
 */
function createdOpen({ id, exists }: Resource): Rule[] {
  return openTo(id, 'SecurityGroupEgress isn’t stated, so the group is created allow-all', exists).map((rule) => ({
    ...rule,
    change: `state an egress rule in ${id} itself, such as one to 255.255.255.255/32`,
  }));
}

function openTo(id: string, by: string, exists: Truth): Rule[] {
  return [EVERY_IPV4, EVERY_IPV6].map((range) => everything(id, by, { kind: 'range', range }, exists));
}

function everything(id: string, by: string, peer: Peer, exists: Truth): Rule {
  return { id, by, peer, protocols: EVERY_PROTOCOL, ports: EVERY_PORT, exists };
}

function unknownRule(id: string, by: string, unknown: Unknown): Rule {
  return everything(id, by, { kind: 'unknown', unknown }, unknown);
}

function unreadable(id: string, by: string, value: Value): Unknown {
  return unknownIn(value) ?? Unknown.of(`rule(${id})`, `the rule ${id} ${by} can be read`);
}

/** One rule for each peer that is written. */
function readRules(
  id: string,
  by: string,
  rule: Value,
  direction: Direction,
  exists: Truth,
  templates: Templates,
): Rule[] {
  if (!isObject(rule)) return [unknownRule(id, by, unreadable(id, by, rule))];
  const written = property(rule, 'IpProtocol');
  const protocols = protocolOf(keyOf(written) ?? '') ?? EVERY_PROTOCOL;
  const ports = portsOf(rule, protocols);
  return peersOf(id, rule, direction, templates).map((peer) => ({ id, by, peer, protocols, ports, exists }));
}

/** Ports that aren't known are all ports. */
function portsOf(rule: Value, protocols: Interval): Interval {
  const [from, to] = [property(rule, 'FromPort'), property(rule, 'ToPort')].map((value) => Number(keyOf(value)));
  if (!hasPorts(protocols) || from === undefined || to === undefined) return EVERY_PORT;
  return from >= 0 && to >= from ? { first: from, last: Math.min(to, 65535) } : EVERY_PORT;
}

function peersOf(id: string, rule: Value, direction: Direction, templates: Templates): Peer[] {
  const side = direction === 'Egress' ? 'Destination' : 'Source';
  const stated = (names: readonly string[]) => names.flatMap((name) => property(rule, name) ?? []);
  const peers = [
    ...stated(['CidrIp', 'CidrIpv6']).map((cidr) => rangePeer(id, cidr)),
    ...stated([`${side}SecurityGroupId`, 'SourceSecurityGroupName']).map((group): Peer => {
      const doubt = strange(group, templates);
      return { kind: 'group', id: groupKey(group, templates) ?? shown(group), ...(doubt ? { unknown: doubt } : {}) };
    }),
    // A list chosen by region from a mapping is a list all the same.
    ...stated([`${side}PrefixListId`]).map((list): Peer => ({
      kind: 'prefix-list',
      shown: list instanceof Unknown ? 'by region' : shown(list),
    })),
  ];
  return peers.length > 0 ? peers : [unknownPeer(id, 'without a peer')];
}

function rangePeer(id: string, cidr: Value): Peer {
  const range = typeof cidr === 'string' ? parseRange(cidr) : undefined;
  if (range) return { kind: 'range', range };
  const unknown = unknownIn(cidr);
  return unknown ? { kind: 'unknown', unknown } : unknownPeer(id, `with the range ${shown(cidr)}`);
}

function unknownPeer(id: string, what: string): Peer {
  return { kind: 'unknown', unknown: Unknown.of(`rule(${id})`, `the rule ${id} ${what} lets nothing more through`) };
}
