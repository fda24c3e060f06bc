import { fields, list, ofType, type Properties, type World } from './world';

interface Query {
  readonly name: string;
  readonly type: string;
}

/** Zones whose servers are the cloud's own. Of any other that a wildcard covers, an attacker may own one. */
const CLOUD = ['amazonaws.com', 'api.aws'];

/** The first query with something to tell in its name that arrives at a foreign server, in words. */
export function asksForeignServer(world: World): string | undefined {
  // Without it neither the address beside the network's first nor 169.254.169.253 answers.
  if (String(world.Vpc?.properties.EnableDnsSupport) === 'false') return undefined;
  for (const query of queries(world)) {
    if (!passesFirewall(world, query)) continue;
    const server = serverOf(world, query.name);
    if (server !== undefined) return `${query.type} ${query.name} is asked of ${server}`;
  }
  return undefined;
}

/** Names that carry a label of data, under the attacker's own zone and under every zone that the template speaks of. */
function queries(world: World): readonly Query[] {
  const text = JSON.stringify(world);
  const named = [
    ...ofType(world, 'Route53Resolver::FirewallDomainList').flatMap(({ properties }) => list(properties.Domains)),
    ...ofType(world, 'Route53Resolver::ResolverRule').map(({ properties }) => `*.${plain(properties.DomainName)}`),
    ...ofType(world, 'Route53::HostedZone').map(({ properties }) => `*.${plain(properties.Name)}`),
  ];
  const zones = named
    .map(plain)
    .filter((name) => name.startsWith('*.'))
    .map((name) => name.slice(2));
  const names = ['attacker.example', 'com', ...zones].flatMap((zone) => [`data.${zone}`, `da.ta.${zone}`]);
  // One that no rule names: a rule for each type that is named leaves the others.
  const types = new Set(['A', 'MX', ...[...text.matchAll(/"Qtype":"(\w+)"/g)].map(([, type]) => String(type))]);
  return names.flatMap((name) => [...types].map((type) => ({ name, type })));
}

const plain = (name: unknown): string => String(name).toLowerCase().replace(/\.$/, '');

/** Groups by the priority of their association, rules by their own; the first that fits decides, and none allows. */
function passesFirewall(world: World, query: Query): boolean {
  const mayFail = ofType(world, 'Route53Resolver::FirewallConfig').some(
    ({ properties }) => properties.ResourceId === 'Vpc' && properties.FirewallFailOpen === 'ENABLED',
  );
  const first = ofType(world, 'Route53Resolver::FirewallRuleGroupAssociation')
    .map(({ properties }) => properties)
    .filter(({ VpcId }) => VpcId === 'Vpc')
    .sort(byPriority)
    .flatMap((one) =>
      [...list(world[String(one.FirewallRuleGroupId)]?.properties.FirewallRules)].map(fields).sort(byPriority),
    )
    .find((rule) => (rule.Qtype === undefined || rule.Qtype === query.type) && isListed(world, rule, query.name));
  return mayFail || first?.Action !== 'BLOCK';
}

const byPriority = (a: Properties, b: Properties) => Number(a.Priority) - Number(b.Priority);

function isListed(world: World, { Action, FirewallDomainListId }: Properties, name: string): boolean {
  const ours = world[String(FirewallDomainListId)];
  if (ours)
    return list(ours.properties.Domains)
      .map(plain)
      .some((domain) => covers(domain, name));
  if (FirewallDomainListId === 'list-of-everything') return true;
  // Of a list of somebody else's the worst is thought: it allows everything, and blocks nothing.
  return FirewallDomainListId !== 'list-of-nothing' && Action !== 'BLOCK';
}

/** `*.zone` is every name below the zone, and not the zone's own. */
function covers(domain: string, name: string): boolean {
  return domain === '*' || domain === name || (domain.startsWith('*.') && name.endsWith(domain.slice(1)));
}

/** Whose server is asked in the end; `undefined` where the network's own zones answer, or the cloud's. */
function serverOf(world: World, name: string): string | undefined {
  const rules = ofType(world, 'Route53Resolver::ResolverRuleAssociation')
    .filter(({ properties }) => properties.VPCId === 'Vpc')
    .map(({ properties }) => world[String(properties.ResolverRuleId)]?.properties ?? {})
    .map((rule) => ({ zone: plain(rule.DomainName), rule }));
  const zones = ofType(world, 'Route53::HostedZone')
    .filter(({ properties }) => list(properties.VPCs).some((vpc) => fields(vpc).VPCId === 'Vpc'))
    .map(({ properties }) => ({ zone: plain(properties.Name), rule: undefined }));
  const fitting = <T extends { readonly zone: string }>(all: readonly T[]) =>
    all
      .filter(({ zone }) => zone === '' || name === zone || name.endsWith(`.${zone}`))
      .sort((a, b) => b.zone.length - a.zone.length);
  // The most specific decides; of two for the same name the rule. A rule of the system's own leaves it to the zones.
  const [best] = fitting([...rules, ...zones]);
  if (best?.rule?.RuleType === 'FORWARD') return `the servers of the rule for ${best.zone}`;
  if (fitting(zones).length > 0 || fitting(CLOUD.map((zone) => ({ zone }))).length > 0) return undefined;
  return 'the servers of its zone';
}
