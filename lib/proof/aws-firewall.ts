import { type Belonging, Belongings } from './belonging';
import { property } from './evaluate';
import { several } from './policy-document';
import type { Hop } from './report';
import type { Resource, Templates } from './templates';
import { and, isObject, keyOf, type Truth, Unknown, unknownIn, type Value, type ValueObject } from './value';

/** A rule of the resolver's firewall. */
export interface FirewallRule {
  readonly properties: ValueObject;
  /** Set for a rule that can't be read. */
  readonly unread?: Unknown;
  readonly path: readonly Hop[];
  readonly exists: Truth;
}

type Placed = FirewallRule & { readonly at: number };

/**
 * The rules a network's resolver asks, in the order of associations and then of rules. One whose place isn't known stands first
 * if it allows and last if it blocks: nothing is closed by a place that nobody knows.
 */
export function firewallRules(network: string, templates: Templates): readonly FirewallRule[] {
  const type = 'AWS::Route53Resolver::FirewallRuleGroupAssociation';
  return new Belongings(templates, type, 'VpcId', 'AWS::EC2::VPC')
    .of(network)
    .flatMap((association) => {
      const place = priority(association.resource.properties);
      const rules = rulesOf(association, templates);
      return rules.map((rule) => ({ rule, place: place ?? unplaced(rule), doubt: place === undefined }));
    })
    .sort((one, other) => order(one.place, other.place))
    .map(({ rule, doubt }) => (doubt && !isBlock(rule) ? doubted(rule) : rule));
}

function rulesOf({ resource: association, truth }: Belonging, templates: Templates): FirewallRule[] {
  const { id } = association;
  const named = property(association.properties, 'FirewallRuleGroupId');
  const group = templates.referred(named);
  const hop = { id, by: 'FirewallRuleGroupId' };
  if (group?.type !== 'AWS::Route53Resolver::FirewallRuleGroup') {
    const unread = unknownIn(named) ?? Unknown.of(`rule-group(${id})`, `the rule group of ${id} lets no name be asked`);
    return [{ properties: {}, unread, path: [hop], exists: truth }];
  }
  const exists = and(truth, group.exists);
  return several(property(group.properties, 'FirewallRules'))
    .map((rule) => readRule(rule, group, hop, exists))
    .sort((one, other) => order(one.at, other.at));
}

function readRule(rule: Value, group: Resource, hop: Hop, exists: Truth): Placed {
  if (!isObject(rule)) {
    const unread = unknownIn(rule) ?? Unknown.of(`rule(${group.id})`, `a rule of ${group.id} can be read`);
    const path = [hop, { id: group.id, by: 'a rule that isn’t known' }];
    return { properties: {}, unread, path, exists, at: -Infinity };
  }
  const at = priority(rule);
  const path = [hop, { id: group.id, by: `the rule with Priority ${at ?? 'that isn’t known'}` }];
  const read = { properties: rule, path, exists };
  return at === undefined && !isBlock(read) ? { ...doubted(read), at: -Infinity } : { ...read, at: at ?? Infinity };
}

function doubted(rule: FirewallRule): FirewallRule {
  const [, { id } = { id: '' }] = rule.path;
  return {
    ...rule,
    exists: and(rule.exists, Unknown.of(`priority(${id})`, `each rule of ${id} comes after the refusal`)),
  };
}

function isBlock({ properties }: Pick<FirewallRule, 'properties'>): boolean {
  return keyOf(property(properties, 'Action')) === 'BLOCK';
}

function unplaced(rule: FirewallRule): number {
  return isBlock(rule) ? Infinity : -Infinity;
}

function order(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

function priority(properties: ValueObject): number | undefined {
  const written = keyOf(property(properties, 'Priority'));
  const number = written === undefined || written === '' ? NaN : Number(written);
  return Number.isFinite(number) ? number : undefined;
}
