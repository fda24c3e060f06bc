import { COPIES } from '../terraform-references';
import { isList, Reference, Unknown, type Value } from '../value';
import { isComputed } from './names';
import { known, one } from './network';
import { type Emitted, type Source, type Translators } from './source';

const EC2 = 'AWS::EC2';

/** Network access lists, with their entries of both directions. */
export const ACLS: Translators = {
  aws_network_acl: (source) => list(source),
  // A subnet without a list of its own has this one: taken to let everything through, as if it weren’t adopted.
  aws_default_network_acl: (source) => list(source),
  aws_network_acl_rule: (source) => [
    entry(source, known(source.ref('network_acl_id'), source, 'network_acl_id'), {
      Egress: source.plain('egress') ?? false,
      RuleNumber: source.plain('rule_number'),
      RuleAction: source.plain('rule_action'),
    }),
  ],
  aws_network_acl_association: (source) => [
    association(source.id, known(source.ref('subnet_id'), source, 'subnet_id'), source.ref('network_acl_id')),
  ],
};

function list(source: Source): readonly Emitted[] {
  const itself = new Reference('resource', source.id, 'Ref');
  return [
    one(source, `${EC2}::NetworkAcl`, { VpcId: source.ref('vpc_id') }),
    ...entries(source, itself),
    ...subnets(source, itself),
  ];
}

function entries(source: Source, itself: Value): readonly Emitted[] {
  return (['egress', 'ingress'] as const).flatMap((direction) => {
    const written = source.resource.properties[direction];
    if (written === undefined || isComputed(written)) return [];
    const Egress = direction === 'egress';
    return source.blocks(direction).map((block, index): Emitted => {
      if (!(block instanceof Unknown))
        return entry(block, itself, { Egress, RuleNumber: block.plain('rule_no'), RuleAction: block.plain('action') });
      // Of which nothing is known: it may allow anything.
      const properties = { NetworkAclId: itself, Egress, RuleNumber: block };
      return { id: `${source.id}.${direction}[${index}]`, type: `${EC2}::NetworkAclEntry`, properties };
    });
  });
}

function entry(source: Source, owner: Value, how: Emitted['properties']): Emitted {
  const icmp = [source.plain('icmp_type'), source.plain('icmp_code')].some(
    (value) => value !== undefined && value !== 0 && value !== -1,
  );
  return {
    id: source.id,
    type: `${EC2}::NetworkAclEntry`,
    properties: {
      NetworkAclId: owner,
      ...how,
      Protocol: source.plain('protocol'),
      CidrBlock: written(source.plain('cidr_block')),
      Ipv6CidrBlock: written(source.plain('ipv6_cidr_block')),
      PortRange: { From: source.plain('from_port') ?? null, To: source.plain('to_port') ?? null },
      ...(icmp || isIcmp(source) ? { Icmp: {} } : {}),
    },
  };
}

function written(value: Value | undefined): Value | undefined {
  return value === '' ? undefined : value;
}

/** One kind of ICMP, or all: a refusal of one isn’t one of all. */
function isIcmp(source: Source): boolean {
  return /^(?:1|58|icmp|icmpv6|ipv6-icmp)$/i.test(String(source.plain('protocol')));
}

function subnets(source: Source, itself: Value): readonly Emitted[] {
  const listed = source.value('subnet_ids');
  // A list made by an expression may leave some of the copies out: such a list protects none for certain.
  const parts = isList(listed) ? listed : [listed];
  const some = parts.some((part) => part instanceof Reference && part.attribute === COPIES);
  const doubt = Unknown.of(`subnets(${source.id})`, `${source.id} is the access list of all the subnets it may name`);
  const values = source.refs('subnet_ids');
  return (values instanceof Unknown ? [values] : (values ?? [])).map((subnet, index) => ({
    ...association(`${source.id}.subnet_ids[${index}]`, subnet, itself),
    ...(some ? { exists: doubt } : {}),
  }));
}

function association(id: string, subnet: Value, list: Value | undefined): Emitted {
  return { id, type: `${EC2}::SubnetNetworkAclAssociation`, properties: { SubnetId: subnet, NetworkAclId: list } };
}
