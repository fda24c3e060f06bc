import type { Attachment } from './gcp-attachment';
import type { Named, Names } from './gcp-names';
import type { Networks } from './gcp-networks';
import { type Direction, enabled, EVERYWHERE, facing, type FirewallRule, packetsOf, priorityOf } from './gcp-rules';
import { EVERY_PORT, EVERY_PROTOCOL } from './packets';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, or, type Truth, Unknown, unknownIn, type Value } from './value';

interface Read {
  readonly terraform: Terraform;
  readonly networks: Networks;
  readonly names: Names;
}

/** A kind of firewall policy: its resources, and how it is bound. */
interface Kind {
  readonly policies: readonly string[];
  readonly rules: string;
  readonly associations: string;
}

const HIERARCHICAL: Kind = {
  policies: ['google_compute_firewall_policy', 'google_compute_firewall_policy_with_rules'],
  rules: 'google_compute_firewall_policy_rule',
  associations: 'google_compute_firewall_policy_association',
};
const NETWORK: readonly Kind[] = ['', 'region_'].map((scope) => ({
  policies: [
    `google_compute_${scope}network_firewall_policy`,
    `google_compute_${scope}network_firewall_policy_with_rules`,
  ],
  rules: `google_compute_${scope}network_firewall_policy_rule`,
  associations: `google_compute_${scope}network_firewall_policy_association`,
}));

/** Policies asked before a network's own rules, and after them. An organisation's that stands in no document isn't seen. */
export function policyTiers(
  read: Read,
  { network, subnet }: Pick<Attachment, 'network' | 'subnet'>,
  direction: Direction,
): { before: readonly FirewallRule[][]; after: readonly FirewallRule[][] } {
  const organisation = ordered([
    ...unread(read, HIERARCHICAL, () => true),
    ...rulesOf(read, HIERARCHICAL, direction, (policy) => {
      const bound = read.terraform.ofType(HIERARCHICAL.associations).length > 0;
      return bound
        ? Unknown.of(`policy(${policy.id})`, `${policy.id}, if it is asked of this network, opens nothing`)
        : false;
    }),
  ]);
  const own = NETWORK.map((kind) =>
    ordered([
      ...unread(read, kind, (target) => read.networks.isNetwork(target, network)),
      ...rulesOf(read, kind, direction, (policy) => and(bound(read, kind, policy, network), inRegion(policy, subnet))),
    ]),
  );
  const order =
    network.kind === 'resource'
      ? setting(network.resource.properties, 'network_firewall_policy_enforcement_order')
      : undefined;
  const first = order === 'BEFORE_CLASSIC_FIREWALL';
  const known = order === undefined || order === 'BEFORE_CLASSIC_FIREWALL' || order === 'AFTER_CLASSIC_FIREWALL';
  if (!known && own.some((rules) => rules.length > 0)) {
    // Where the order isn't known, refusals are taken to come late and permissions early.
    const doubt = unknownIn(order) ?? Unknown.of(`order(${network.id})`, `${network.id} asks its own rules first`);
    const early = own.map((rules) =>
      rules.filter(({ action }) => action === 'allow').map((rule) => ({ ...rule, truth: and(rule.truth, doubt) })),
    );
    return { before: [organisation, ...early], after: own };
  }
  return first ? { before: [organisation, ...own], after: [] } : { before: [organisation], after: own };
}

function ordered(rules: FirewallRule[]): FirewallRule[] {
  return rules.sort((one, other) => one.priority - other.priority);
}

function rulesOf(
  { terraform, names }: Read,
  kind: Kind,
  direction: Direction,
  isBound: (policy: Resource) => Truth,
): FirewallRule[] {
  const policies = terraform.ofType(...kind.policies);
  const separate = terraform.ofType(kind.rules).flatMap((rule) => {
    const named = names.find(setting(rule.properties, 'firewall_policy'), ...kind.policies);
    const truth = named.kind === 'resource' ? isBound(named.resource) : elsewhere(rule.id);
    return policyRule(rule.id, '', rule.properties, direction, and(truth, rule.exists));
  });
  const inline = policies.flatMap((policy) => {
    const truth = and(isBound(policy), policy.exists);
    return ['rule', 'predefined_rules'].flatMap((key) =>
      blocks(setting(policy.properties, key)).flatMap((rule, index) =>
        policyRule(policy.id, `${key}[${index}] `, rule, direction, truth),
      ),
    );
  });
  return [...separate, ...inline];
}

/** Policies that no document holds and that are bound to a network, or above it: whatever they say, they may let everything through. */
function unread({ terraform, names }: Read, kind: Kind, isHere: (target: Value | undefined) => Truth): FirewallRule[] {
  return terraform.ofType(kind.associations).flatMap(({ id, properties, exists }): FirewallRule[] => {
    const named = names.find(setting(properties, 'firewall_policy'), ...kind.policies);
    const here = and(exists, isHere(setting(properties, 'attachment_target')));
    if (named.kind === 'resource' || here === false) return [];
    const truth = and(here, named.kind === 'unknown' ? named.unknown : elsewhere(id));
    const packets = EVERYWHERE.map((addresses) => ({ addresses, protocols: EVERY_PROTOCOL, ports: EVERY_PORT }));
    const target = { tags: [], accounts: [] };
    return [{ id, by: 'firewall_policy', action: 'allow', priority: 0, packets, truth, target }];
  });
}

/** A policy of a region is asked for its interfaces alone. */
function inRegion({ id, type, properties }: Resource, subnet: Attachment['subnet']): Truth {
  if (!type.startsWith('google_compute_region_')) return true;
  const [its, here] = [properties, subnet?.resource?.properties ?? null].map((one) => setting(one, 'region'));
  if (typeof its === 'string' && typeof here === 'string') return its === here;
  return Unknown.of(`region(${id})`, `${id} is of the agent’s region, or opens nothing`);
}

function elsewhere(id: string): Unknown {
  return Unknown.of(`policy(${id})`, `the policy of ${id}, which no document holds, opens nothing`);
}

/** Whether a policy is bound to a network. */
function bound({ terraform, networks, names }: Read, kind: Kind, policy: Resource, network: Named): Truth {
  const truths = terraform.ofType(kind.associations).map(({ properties, exists }): Truth => {
    const named = names.find(setting(properties, 'firewall_policy'), ...kind.policies);
    if (named.kind === 'resource' && named.id !== policy.id) return false;
    const here = networks.isNetwork(setting(properties, 'attachment_target'), network);
    return and(here, exists, named.kind === 'unknown' ? named.unknown : named.kind === 'resource');
  });
  return or(...truths);
}

const PLAIN = new Set(['layer4_configs', 'layer4_config', 'dest_ip_ranges', 'src_ip_ranges']);

function policyRule(id: string, at: string, properties: Value, direction: Direction, bound: Truth): FirewallRule[] {
  const written = setting(properties, 'direction');
  const truth = and(bound, facing(written, direction, id), enabled(setting(properties, 'disabled'), true));
  if (truth === false) return [];
  const { action, truth: acts } = actionOf(setting(properties, 'action'), id);
  const { priority, truth: numbered } = priorityOf(setting(properties, 'priority'), action, id);
  const match = setting(properties, 'match');
  const { packets, truth: exact } = matched(match, direction, action, id);
  return [
    {
      id,
      by: `${at}${action === 'next' ? 'goto_next' : action}`,
      action,
      priority,
      packets,
      truth: and(truth, acts, numbered, exact),
      target: targetOf(properties, id),
    },
  ];
}

function actionOf(value: Value | undefined, id: string): { action: FirewallRule['action']; truth: Truth } {
  const text = keyOf(value);
  if (text === 'allow' || text === 'deny') return { action: text, truth: true };
  if (text === 'goto_next') return { action: 'next', truth: true };
  // An inspection may let through what it likes.
  return {
    action: 'allow',
    truth: unknownIn(value) ?? Unknown.of(`inspection(${id})`, `what ${id} inspects, it lets nothing out of`),
  };
}

function matched(
  match: Value | undefined,
  direction: Direction,
  action: FirewallRule['action'],
  id: string,
): Pick<FirewallRule, 'packets' | 'truth'> {
  const everything = EVERYWHERE.map((addresses) => ({ addresses, protocols: EVERY_PROTOCOL, ports: EVERY_PORT }));
  const odd = Unknown.of(`match(${id})`, `what ${id} matches opens nothing`);
  if (typeof match !== 'object' || match === null || match instanceof Unknown)
    return { packets: everything, truth: unknownIn(match) ?? odd };
  const [only] = blocks(match);
  const keys = Object.entries(typeof only === 'object' && only !== null ? only : {}).filter(
    ([, value]) => blocks(value as Value).length > 0,
  ); // entries of a value are values
  if (keys.some(([key]) => !PLAIN.has(key))) return { packets: everything, truth: odd };
  const [own, other] =
    direction === 'EGRESS' ? ['dest_ip_ranges', 'src_ip_ranges'] : ['src_ip_ranges', 'dest_ip_ranges'];
  const ranges = listOf(setting(match, own));
  const protocols = [...listOf(setting(match, 'layer4_configs')), ...listOf(setting(match, 'layer4_config'))];
  const narrowed: Truth = action !== 'allow' && listOf(setting(match, other)).length > 0 ? odd : true;
  const { packets, truth } = packetsOf(
    ranges.length > 0 ? ranges : ['0.0.0.0/0', '::/0'],
    protocols,
    { protocol: 'ip_protocol' },
    id,
  );
  return { packets, truth: and(truth, narrowed) };
}

function targetOf(properties: Value, id: string): FirewallRule['target'] {
  const bound = ['target_secure_tags', 'target_secure_tag', 'target_resources', 'target_forwarding_rules'].some(
    (key) => listOf(setting(properties, key)).length > 0,
  );
  const others = setting(properties, 'target_type') ?? 'INSTANCES';
  const unknown =
    bound || others !== 'INSTANCES'
      ? Unknown.of(`target(${id})`, `${id} opens nothing for whom it is about`)
      : undefined;
  return { tags: [], accounts: listOf(setting(properties, 'target_service_accounts')), unknown };
}

function listOf(value: Value | undefined): readonly Value[] {
  return value instanceof Unknown ? [value] : blocks(value);
}
