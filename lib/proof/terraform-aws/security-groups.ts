import { Reference, Unknown, type Value } from '../value';
import { isComputed } from './names';
import { known, one } from './network';
import { type Emitted, type Properties, type Source, type Translators } from './source';

const EC2 = 'AWS::EC2';
type Direction = 'egress' | 'ingress';
const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];

/**
 * Security groups. Each rule inside one becomes a rule beside it, so that a path names it by its own address. The provider takes
 * away the rule that AWS creates a group with: a group that states no egress has none.
 */
export const SECURITY_GROUPS: Translators = {
  aws_security_group: (source) => [
    one(source, `${EC2}::SecurityGroup`, { VpcId: source.ref('vpc_id') }),
    ...rulesInside(source, new Reference('resource', source.id, 'Ref')),
  ],
  aws_default_security_group: (source) => {
    const vpc = source.ref('vpc_id');
    const group =
      vpc instanceof Reference
        ? new Reference('resource', vpc.id, 'DefaultSecurityGroup')
        : known(undefined, source, 'vpc_id');
    return [
      one(source, 'Custom::VpcRestrictDefaultSG', { DefaultSecurityGroupId: group }),
      ...rulesInside(source, group),
    ];
  },
  aws_security_group_rule: (source) => {
    const type = source.plain('type');
    const directions = DIRECTIONS.filter((one) => one === type || typeof type !== 'string');
    return directions.flatMap((direction) =>
      rules(source, direction, known(source.ref('security_group_id'), source, 'security_group_id')),
    );
  },
  aws_vpc_security_group_egress_rule: (source) => [separate(source, 'egress')],
  aws_vpc_security_group_ingress_rule: (source) => [separate(source, 'ingress')],
};

function rulesInside(source: Source, group: Value): readonly Emitted[] {
  return DIRECTIONS.flatMap((direction) => {
    const written = source.resource.properties[direction];
    // Where nothing is written, the plan says that the provider fills it in: with nothing.
    if (written === undefined || isComputed(written)) return [];
    return source.blocks(direction).flatMap((block, index): readonly Emitted[] => {
      if (!(block instanceof Unknown)) return rules(block, direction, group);
      const id = `${source.id}.${direction}[${index}]`;
      return [emitted(id, direction, { GroupId: group, IpProtocol: '-1', CidrIp: block })];
    });
  });
}

/** A rule for each of the peers that one block or resource names. */
function rules(source: Source, direction: Direction, group: Value): readonly Emitted[] {
  const packets = packetsOf(source, 'protocol');
  const all = peers(source, direction, group);
  return all.map((peer, index) =>
    emitted(all.length > 1 ? `${source.id} (${index + 1})` : source.id, direction, {
      GroupId: group,
      ...packets,
      ...peer,
    }),
  );
}

function peers(source: Source, direction: Direction, group: Value): readonly Properties[] {
  const side = direction === 'egress' ? 'Destination' : 'Source';
  const named = (name: string, as: string): readonly Properties[] => {
    const listed = source.refs(name);
    const values = listed instanceof Unknown ? [listed] : (listed ?? lost(source, name));
    return values.map((value) => ({ [as]: value }));
  };
  const self = source.on('self');
  return [
    ...named('cidr_blocks', 'CidrIp'),
    ...named('ipv6_cidr_blocks', 'CidrIpv6'),
    ...named('prefix_list_ids', `${side}PrefixListId`),
    ...named('security_groups', `${side}SecurityGroupId`),
    ...named('source_security_group_id', `${side}SecurityGroupId`),
    ...(self === false ? [] : [{ [`${side}SecurityGroupId`]: self instanceof Unknown ? self : group }]),
  ];
}

/** Inside a block a plan shows no expression: what isn't known there was written all the same. */
function lost(source: Source, name: string): readonly Value[] {
  const raw = source.raw(name);
  const isBlock = source.id !== source.resource.id;
  return isBlock && raw instanceof Unknown ? [raw] : [];
}

function separate(source: Source, direction: Direction): Emitted {
  const side = direction === 'egress' ? 'Destination' : 'Source';
  return emitted(source.id, direction, {
    GroupId: known(source.ref('security_group_id'), source, 'security_group_id'),
    ...packetsOf(source, 'ip_protocol'),
    CidrIp: source.plain('cidr_ipv4'),
    CidrIpv6: source.plain('cidr_ipv6'),
    [`${side}PrefixListId`]: source.ref('prefix_list_id'),
    [`${side}SecurityGroupId`]: source.ref('referenced_security_group_id'),
  });
}

function packetsOf(source: Source, name: string): Properties {
  return {
    IpProtocol: source.plain(name),
    FromPort: source.plain('from_port'),
    ToPort: source.plain('to_port'),
  };
}

function emitted(id: string, direction: Direction, properties: Properties): Emitted {
  return { id, type: `${EC2}::SecurityGroup${direction === 'egress' ? 'Egress' : 'Ingress'}`, properties };
}
