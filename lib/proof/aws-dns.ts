import { property } from './evaluate';
import type { Candidate } from './claim';
import { referredIn } from './aws-window';
import { several } from './policy-document';
import type { Hop } from './report';
import type { Resource, Templates } from './templates';
import { isObject, keyOf, or, type Truth, Unknown, unknownIn, type Value, type ValueObject } from './value';

/*
 * The resolver of a VPC recurses to any server on earth, and no security group or access list sees its packets. Rules of its
 * firewall are judged in order; the first that matches decides. The attacker asks for names of a zone of its own.
 */

// Zones where nobody but AWS can make a name server: a wildcard beneath them carries nothing out.
const CLOUD_ZONES = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'api.aws',
  'amazonwebservices.com.cn',
  '\uFDD0AWS::URLSuffix\uFDD1Ref\uFDD2',
];

/** Every way a name of the attacker's zone is asked from a network. */
export function dnsWays(network: string, templates: Templates): Candidate[] {
  const vpc = templates.find(network);
  const start: Hop = { id: network, by: 'the resolver of the network' };
  if (!vpc) {
    const truth = Unknown.of(`dns(${network})`, `${network} resolves only names on a list of its firewall`);
    return [{ truth, path: [start], reason: 'the resolver’s firewall isn’t known', change: '' }];
  }
  if (String(property(vpc.properties, 'EnableDnsSupport')) === 'false') return [];
  return [...ruleWays(network, start, templates), ...around(network, start, templates)];
}

function ruleWays(network: string, start: Hop, templates: Templates): Candidate[] {
  const rules = associationsOf(network, templates).flatMap((association) => rulesOf(association, templates));
  const found: Candidate[] = [];
  const doubts: Unknown[] = [];
  for (const rule of rules) {
    const wide = allowsForeign(rule, templates);
    if (wide.truth !== false) {
      const change = `take ${wide.name} from the allowed names, or block what it allows before it`;
      const reason = `the firewall lets ${wide.name} be asked, under which data goes out as labels`;
      found.push({
        truth: rule.exists === true ? wide.truth : or(wide.truth, rule.exists),
        path: [start, ...rule.path],
        reason,
        change,
      });
      if (wide.everything && wide.truth === true) return found;
    }
    const blocks = blocksEverything(rule, templates);
    if (blocks === true)
      return doubts.length > 0 ? [...found, ...doubts.map((truth) => doubtOf(truth, start, rule))] : found;
    if (blocks instanceof Unknown) doubts.push(blocks);
  }
  const change = `associate a rule group with ${network} whose last rule blocks * for every type`;
  const reason = 'no rule of the resolver’s firewall stops names of the attacker’s zone';
  const last = rules.at(-1);
  const truth: Truth = doubts.length > 0 ? new Unknown(doubts.flatMap(({ facts }) => facts)) : true;
  return [
    ...found,
    {
      truth,
      path: last ? [start, ...last.path] : [start, { id: network, by: 'no firewall rule group' }],
      reason,
      change,
    },
  ];
}

function doubtOf(truth: Truth, start: Hop, rule: FirewallRule): Candidate {
  return { truth, path: [start, ...rule.path], reason: 'an earlier rule isn’t known', change: '' };
}

interface FirewallRule {
  readonly properties: ValueObject;
  readonly path: readonly Hop[];
  readonly exists: Truth;
}

function associationsOf(network: string, templates: Templates): Resource[] {
  return templates
    .ofType('AWS::Route53Resolver::FirewallRuleGroupAssociation')
    .filter(({ properties }) => templates.referred(property(properties, 'VpcId'))?.id === network)
    .sort((one, other) => priority(one.properties) - priority(other.properties));
}

function rulesOf(association: Resource, templates: Templates): FirewallRule[] {
  const group = templates.referred(property(association.properties, 'FirewallRuleGroupId'));
  const listed = several(property(group?.properties, 'FirewallRules')).filter(isObject);
  return [...listed]
    .sort((one, other) => priority(one) - priority(other))
    .map((properties) => ({
      properties,
      path: [
        { id: association.id, by: 'FirewallRuleGroupId' },
        { id: group?.id ?? 'rule group', by: `the rule with Priority ${priority(properties)}` },
      ],
      exists: association.exists instanceof Unknown ? association.exists : (group?.exists ?? true),
    }));
}

function priority(properties: ValueObject): number {
  const number = Number(keyOf(property(properties, 'Priority')));
  return Number.isFinite(number) ? number : 0;
}

/** Whether a rule lets a name be asked that an attacker can choose labels of. */
function allowsForeign(
  { properties }: FirewallRule,
  templates: Templates,
): { truth: Truth; name: string; everything: boolean } {
  const action = keyOf(property(properties, 'Action'));
  if (action === 'BLOCK') return { truth: false, name: '', everything: false };
  const domains = domainsOf(properties, templates);
  if (domains instanceof Unknown) return { truth: domains, name: 'a list that isn’t known', everything: false };
  const trusted = property(properties, 'FirewallDomainRedirectionAction') === 'TRUST_REDIRECTION_DOMAIN';
  const judged = domains.map((domain) => [domain, isForeignName(domain, trusted, templates)] as const);
  const worst = judged.find(([, truth]) => truth === true) ?? judged.find(([, truth]) => truth !== false);
  const name = keyOf(worst?.[0]) ?? 'a name that isn’t known';
  return { truth: worst?.[1] ?? false, name, everything: name === '*' };
}

function isForeignName(domain: Value, trusted: boolean, templates: Templates): Truth {
  const unknown = unknownIn(domain);
  if (unknown) return unknown;
  const referred = referredIn(domain, templates);
  // Names of endpoints, balancers and the like are made by the cloud in a zone of its own.
  if (referred && !/[*?]/.test(keyOf(domain) ?? '*')) return false;
  const text = (keyOf(domain) ?? '*').toLowerCase().replace(/\.$/, '');
  const ofCloud = CLOUD_ZONES.some((zone) => text.endsWith(`.${zone.toLowerCase()}`));
  if (ofCloud) return false;
  if (text.includes('*')) return true;
  return trusted && Unknown.of(`redirection(${text})`, `${text} redirects only to names that carry nothing out`);
}

function blocksEverything({ properties, exists }: FirewallRule, templates: Templates): Truth {
  if (keyOf(property(properties, 'Action')) !== 'BLOCK') return false;
  // A rule for one type of query lets the other types pass.
  if (property(properties, 'Qtype') !== undefined) return false;
  const domains = domainsOf(properties, templates);
  if (domains instanceof Unknown) return domains;
  if (!domains.some((domain) => domain === '*')) return false;
  return exists;
}

function domainsOf(properties: ValueObject, templates: Templates): readonly Value[] | Unknown {
  const named = property(properties, 'FirewallDomainListId');
  const list = templates.referred(named);
  if (list?.type !== 'AWS::Route53Resolver::FirewallDomainList')
    return (
      unknownIn(named) ??
      Unknown.of(
        `domain-list(${keyOf(named) ?? ''})`,
        `the domain list ${keyOf(named) ?? ''} holds only names that carry nothing out`,
      )
    );
  if (property(list.properties, 'DomainFileUrl') !== undefined)
    return Unknown.of(
      `domain-list(${list.id})`,
      `the file of the domain list ${list.id} holds only names that carry nothing out`,
    );
  return several(property(list.properties, 'Domains'));
}

/** Other ways for a name: a firewall that fails open, rules that forward, profiles that aren't read. */
function around(network: string, start: Hop, templates: Templates): Candidate[] {
  const of = (type: string, name: string) =>
    templates.ofType(type).filter(({ properties }) => templates.referred(property(properties, name))?.id === network);
  const failing = of('AWS::Route53Resolver::FirewallConfig', 'ResourceId').filter(
    ({ properties }) => property(properties, 'FirewallFailOpen') !== 'DISABLED',
  );
  const forwarding = of('AWS::Route53Resolver::ResolverRuleAssociation', 'VPCId');
  const profiles = of('AWS::Route53Profiles::ProfileAssociation', 'ResourceId');
  const servers = of('AWS::EC2::VPCDHCPOptionsAssociation', 'VpcId');
  return [
    ...failing.map(({ id }): Candidate => ({
      truth: true,
      path: [start, { id, by: 'FirewallFailOpen' }],
      reason: 'the firewall lets every name pass while it fails',
      change: `remove ${id}`,
    })),
    ...delegations(network, templates).map((id): Candidate => ({
      truth: Unknown.of(`dns(${id})`, `the servers that ${id} delegates to pass no name on`),
      path: [start, { id, by: 'a record of type NS' }],
      reason: 'a private zone delegates names to other servers',
      change: `remove the NS record of ${id}`,
    })),
    ...[...forwarding, ...profiles, ...servers].map(({ id, type }): Candidate => ({
      truth: Unknown.of(`dns(${id})`, `${id} sends no name to a server that passes it on`),
      path: [start, { id, by: type }],
      reason: 'names go another way than the firewall’s',
      change: '',
    })),
  ];
}

/** Records of a network's private zones that hand names on to servers of somebody's choice. */
function delegations(network: string, templates: Templates): string[] {
  const zones = templates
    .ofType('AWS::Route53::HostedZone')
    .filter(({ properties }) =>
      several(property(properties, 'VPCs')).some((vpc) => templates.referred(property(vpc, 'VPCId'))?.id === network),
    );
  const isIts = (properties: ValueObject) =>
    zones.some(({ id }) => templates.referred(property(properties, 'HostedZoneId'))?.id === id);
  const isDelegation = (record: Value) => property(record, 'Type') === 'NS';
  return [...templates.ofType('AWS::Route53::RecordSet'), ...templates.ofType('AWS::Route53::RecordSetGroup')]
    .filter(({ properties }) => isIts(properties))
    .filter(({ properties }) => [properties, ...several(property(properties, 'RecordSets'))].some(isDelegation))
    .map(({ id }) => id);
}
