import { property } from './evaluate';
import { type FirewallRule, firewallRules } from './aws-firewall';
import { referredIn } from './aws-window';
import { type Belonging, Belongings } from './belonging';
import type { Candidate } from './claim';
import { several } from './policy-document';
import type { Hop } from './report';
import type { Resource, Templates } from './templates';
import {
  and,
  isList,
  isObject,
  keyOf,
  or,
  type Truth,
  Unknown,
  unknownIn,
  type Value,
  type ValueObject,
} from './value';

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
  // Without a resolver of its own a network may still name servers of somebody's choice.
  if (String(property(vpc.properties, 'EnableDnsSupport')) === 'false') return byDhcp(network, start, templates);
  return [...ruleWays(network, start, templates), ...around(network, start, templates)];
}

function ruleWays(network: string, start: Hop, templates: Templates): Candidate[] {
  const found: Candidate[] = [];
  const doubts: Unknown[] = [];
  const rules = firewallRules(network, templates);
  for (const rule of rules) {
    const wide = allowsForeign(rule, templates);
    if (wide.truth !== false) {
      const change = `take ${wide.name} from the allowed names, or block what it allows before it`;
      const reason = `the firewall lets ${wide.name} be asked, under which data goes out as labels`;
      const truth = and(rule.exists, wide.truth);
      found.push({ truth, path: [start, ...rule.path], reason, change });
      if (wide.everything && truth === true) return found;
    }
    const blocks = blocksEverything(rule, templates);
    if (blocks === true) return found;
    if (blocks instanceof Unknown) doubts.push(blocks);
  }
  const change = `associate a rule group with ${network} whose last rule blocks * for every type`;
  const reason = 'no rule of the resolver’s firewall stops names of the attacker’s zone';
  const last = rules.at(-1);
  return [
    ...found,
    {
      truth: and(...doubts),
      path: last ? [start, ...last.path] : [start, { id: network, by: 'no firewall rule group' }],
      reason,
      change,
    },
  ];
}

/** Whether a rule lets a name be asked that an attacker can choose labels of. */
function allowsForeign(
  { properties, unread }: FirewallRule,
  templates: Templates,
): { truth: Truth; name: string; everything: boolean } {
  if (unread) return { truth: unread, name: 'a name that isn’t known', everything: false };
  const action = keyOf(property(properties, 'Action'));
  if (action === 'BLOCK') return { truth: false, name: '', everything: false };
  const domains = domainsOf(properties, templates);
  if (domains instanceof Unknown) return { truth: domains, name: 'a list that isn’t known', everything: false };
  const redirection = property(properties, 'FirewallDomainRedirectionAction') ?? INSPECT;
  const trusted = redirection !== INSPECT;
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

const INSPECT = 'INSPECT_REDIRECTION_DOMAIN';

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
  const of = (type: string, name: string) => new Belongings(templates, type, name, 'AWS::EC2::VPC').of(network);
  const failing = of('AWS::Route53Resolver::FirewallConfig', 'ResourceId').map((one) => {
    const open = property(one.resource.properties, 'FirewallFailOpen');
    return { ...one, truth: and(one.truth, open !== 'DISABLED' && (unknownIn(open) ?? true)) };
  });
  const elsewhere = [
    ...of('AWS::Route53Resolver::ResolverRuleAssociation', 'VPCId'),
    ...of('AWS::Route53Profiles::ProfileAssociation', 'ResourceId'),
  ];
  return [
    ...failing.map(({ resource: { id }, truth }): Candidate => ({
      truth,
      path: [start, { id, by: 'FirewallFailOpen' }],
      reason: 'the firewall lets every name pass while it fails',
      change: `remove ${id}`,
    })),
    ...delegations(network, templates).map(({ resource: { id }, truth }): Candidate => ({
      truth: and(truth, Unknown.of(`dns(${id})`, `the servers that ${id} delegates to pass no name on`)),
      path: [start, { id, by: 'a record of type NS' }],
      reason: 'a private zone delegates names to other servers',
      change: `remove the NS record of ${id}`,
    })),
    ...elsewhere.map((one) => anotherWay(one, start)),
    ...byDhcp(network, start, templates),
  ];
}

/** Name servers that machines are given at their start. */
function byDhcp(network: string, start: Hop, templates: Templates): Candidate[] {
  return new Belongings(templates, 'AWS::EC2::VPCDHCPOptionsAssociation', 'VpcId', 'AWS::EC2::VPC')
    .of(network)
    .filter(({ resource }) => namesOtherServers(resource, templates))
    .map((one) => anotherWay(one, start));
}

function anotherWay({ resource: { id, type }, truth }: Belonging, start: Hop): Candidate {
  return {
    truth: and(truth, Unknown.of(`dns(${id})`, `${id} sends no name to a server that passes it on`)),
    path: [start, { id, by: type }],
    reason: 'names go another way than the firewall’s',
    change: '',
  };
}

/** Whether what is given to machines at their start may name servers other than the resolver. */
function namesOtherServers({ properties }: Resource, templates: Templates): boolean {
  const options = templates.referred(property(properties, 'DhcpOptionsId'));
  if (options?.type !== 'AWS::EC2::DHCPOptions') return true;
  return several(property(options.properties, 'DomainNameServers')).some((server) => server !== 'AmazonProvidedDNS');
}

/** Records of a network's private zones that hand names on to servers of somebody's choice. */
function delegations(network: string, templates: Templates): Belonging[] {
  const vpcs = ({ properties }: Resource) => {
    const listed = property(properties, 'VPCs');
    return isList(listed) ? listed.map((one) => (isObject(one) ? (property(one, 'VPCId') ?? null) : one)) : listed;
  };
  const zones = new Belongings(templates, 'AWS::Route53::HostedZone', vpcs, 'AWS::EC2::VPC').of(network);
  const records = ['AWS::Route53::RecordSet', 'AWS::Route53::RecordSetGroup'].map(
    (type) => new Belongings(templates, type, zoneOf, 'AWS::Route53::HostedZone'),
  );
  return zones.flatMap((zone) =>
    records
      .flatMap((one) => one.of(zone.resource.id))
      .map(({ resource, truth }) => ({ resource, truth: and(zone.truth, truth, delegates(resource)) }))
      .filter(({ truth }) => truth !== false),
  );
}

function zoneOf({ properties }: Resource): Value | undefined {
  return property(properties, 'HostedZoneId') ?? property(properties, 'HostedZoneName');
}

function delegates({ properties }: Resource): Truth {
  const types = [properties, ...several(property(properties, 'RecordSets'))].map((one) =>
    isObject(one) ? property(one, 'Type') : one,
  );
  return or(...types.map((type) => unknownIn(type) ?? type === 'NS'));
}
