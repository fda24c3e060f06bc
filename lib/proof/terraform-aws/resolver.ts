import { Unknown, type Value } from '../value';
import { beside } from './beside';
import { present } from './launchers';
import { known, one } from './network';
import { type Source, type Translators } from './source';

const RESOLVER = 'AWS::Route53Resolver';
const RULE = 'aws_route53_resolver_firewall_rule';

/** The resolver’s firewall, what it forwards, and private zones. */
export const RESOLVING: Translators = {
  aws_route53_resolver_firewall_rule_group: (source) => [
    one(source, `${RESOLVER}::FirewallRuleGroup`, { FirewallRules: rules(source) }),
  ],
  aws_route53_resolver_firewall_domain_list: (source) => [
    one(source, `${RESOLVER}::FirewallDomainList`, { Domains: source.refs('domains') }),
  ],
  aws_route53_resolver_firewall_rule_group_association: (source) => [
    one(source, `${RESOLVER}::FirewallRuleGroupAssociation`, {
      VpcId: known(source.ref('vpc_id'), source, 'vpc_id'),
      FirewallRuleGroupId: known(source.ref('firewall_rule_group_id'), source, 'firewall_rule_group_id'),
      Priority: source.plain('priority'),
    }),
  ],
  aws_route53_resolver_firewall_config: (source) => [
    one(source, `${RESOLVER}::FirewallConfig`, {
      ResourceId: known(source.ref('resource_id'), source, 'resource_id'),
      // Where nothing is written, it is left as somebody set it before.
      FirewallFailOpen: known(source.plain('firewall_fail_open'), source, 'firewall_fail_open'),
    }),
  ],
  aws_route53_resolver_rule: (source) => [one(source, `${RESOLVER}::ResolverRule`, {})],
  aws_route53_resolver_rule_association: (source) => [
    one(source, `${RESOLVER}::ResolverRuleAssociation`, { VPCId: known(source.ref('vpc_id'), source, 'vpc_id') }),
  ],
  aws_route53profiles_association: (source) => [
    one(source, 'AWS::Route53Profiles::ProfileAssociation', {
      ResourceId: known(source.ref('resource_id'), source, 'resource_id'),
    }),
  ],
  aws_route53_zone: (source) => [
    one(source, 'AWS::Route53::HostedZone', { Name: source.plain('name'), VPCs: networks(source) }),
  ],
  aws_route53_record: (source) => [
    one(source, 'AWS::Route53::RecordSet', {
      HostedZoneId: known(source.ref('zone_id', 'aws_route53_zone'), source, 'zone_id'),
      Type: source.plain('type'),
    }),
  ],
  aws_vpclattice_service_network_vpc_association: (source) => [
    one(source, 'AWS::VpcLattice::ServiceNetworkVpcAssociation', {
      VpcIdentifier: known(source.ref('vpc_identifier'), source, 'vpc_identifier'),
    }),
  ],
};

/** Rules name their group; one that may be another’s may allow here, and refuses nothing for certain. */
function rules(source: Source): readonly Value[] {
  return beside(source, RULE, 'firewall_rule_group_id').flatMap(({ found, truth }): readonly Value[] => {
    const action = found.plain('action');
    if (truth !== true) return action === 'BLOCK' ? [] : [truth];
    return [
      present({
        Priority: found.plain('priority'),
        Action: action ?? null,
        Qtype: found.plain('q_type'),
        FirewallDomainListId: known(found.ref('firewall_domain_list_id'), found, 'firewall_domain_list_id'),
        FirewallDomainRedirectionAction: found.plain('firewall_domain_redirection_action'),
      }),
    ];
  });
}

function networks(source: Source): readonly Value[] | Unknown {
  const inside = source.blocks('vpc');
  const others = beside(source, 'aws_route53_zone_association', 'zone_id').map(({ found, truth }): Value =>
    truth === true ? { VPCId: known(found.ref('vpc_id'), found, 'vpc_id') } : truth,
  );
  const own = inside.map((block) =>
    block instanceof Unknown ? block : { VPCId: known(block.ref('vpc_id'), block, 'vpc_id') },
  );
  return [...own, ...others];
}
