import { contains } from '../../oracle/filters';
import { list, type Properties } from '../../oracle/world';
import { block, blocksOf, find, isTrue, ofType, type Resource, type World } from './world';

export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'esp';
  readonly port: number;
}

/** Something with an address in a network. */
export interface Interface {
  readonly network: string;
  readonly subnet: string | undefined;
  readonly address: string;
  readonly address6: string | undefined;
  readonly tags: readonly unknown[];
  readonly account: unknown;
  /** Whether the cloud sees its tags and account in whom it sends to: not of Cloud Run's. */
  readonly isMachine: boolean;
  readonly isPublic: boolean;
}

type Direction = 'EGRESS' | 'INGRESS';
type Verdict = 'allow' | 'deny' | undefined;

const NUMBERS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '50': 'esp', '58': 'icmp' };

/**
 * Whether the firewall of an interface's network lets a packet pass: an organisation's policies, then the network's rules and
 * policies in the order that the network states; what nobody decides may leave and may not come.
 */
export function passes(
  world: World,
  own: Interface,
  direction: Direction,
  packet: Packet,
  peer: Interface | undefined,
): boolean {
  const network = world.resources.find(({ id }) => id === own.network);
  // A network of another document has whatever rules it has.
  if (!network) return world.values.foreign === true;
  const classic = () => classicVerdict(world, own, direction, packet, peer);
  const policies = ['', 'region_'].map((scope) => () => {
    const bound = ofType(world, `google_compute_${scope}network_firewall_policy_association`)
      .filter(({ properties }) => isNetwork(world, properties.attachment_target, own.network))
      .map(({ properties }) =>
        find(world, properties.firewall_policy, `google_compute_${scope}network_firewall_policy`),
      );
    const rules = ofType(world, `google_compute_${scope}network_firewall_policy_rule`);
    return policyVerdict(world, rules, bound, own, direction, packet);
  });
  const above = () => {
    const rules = world.values.hierarchy === true ? ofType(world, 'google_compute_firewall_policy_rule') : [];
    return policyVerdict(world, rules, ofType(world, 'google_compute_firewall_policy'), own, direction, packet);
  };
  const first = network.properties.network_firewall_policy_enforcement_order === 'BEFORE_CLASSIC_FIREWALL';
  for (const ask of [above, ...(first ? [...policies, classic] : [classic, ...policies])]) {
    const verdict = ask();
    if (verdict !== undefined) return verdict === 'allow';
  }
  return direction === 'EGRESS';
}

/** Whether a setting names this network. */
export function isNetwork(world: World, value: unknown, network: string): boolean {
  return find(world, value, 'google_compute_network')?.id === network;
}

/** Of the rules that fit, the lowest number decides; of the same number, a refusal. */
function classicVerdict(
  world: World,
  own: Interface,
  direction: Direction,
  packet: Packet,
  peer: Interface | undefined,
): Verdict {
  const fitting = ofType(world, 'google_compute_firewall')
    .map(({ properties }) => properties)
    .filter(
      (rule) =>
        isNetwork(world, rule.network, own.network) &&
        (rule.direction ?? 'INGRESS') === direction &&
        !isTrue(rule.disabled) &&
        isAbout(rule, own) &&
        isBetween(rule, direction, packet, peer),
    )
    .flatMap((rule) =>
      (['allow', 'deny'] as const)
        .filter((action) => blocksOf(rule[action]).some((one) => carries(one, 'protocol', packet)))
        .map((action) => ({ action, priority: Number(rule.priority ?? 1000) })),
    );
  const lowest = Math.min(...fitting.map(({ priority }) => priority));
  const deciding = fitting.filter(({ priority }) => priority === lowest).map(({ action }) => action);
  return deciding.includes('deny') ? 'deny' : deciding[0];
}

function isAbout({ target_tags, target_service_accounts }: Properties, own: Interface): boolean {
  const [tags, accounts] = [list(target_tags), list(target_service_accounts)];
  if (tags.length + accounts.length === 0) return true;
  return tags.some((tag) => own.tags.includes(tag)) || accounts.includes(own.account);
}

function isBetween(rule: Properties, direction: Direction, packet: Packet, peer: Interface | undefined): boolean {
  if (direction === 'EGRESS') {
    const ranges = list(rule.destination_ranges);
    return (ranges.length > 0 ? ranges : ['0.0.0.0/0']).some((range) => contains(range, packet.to));
  }
  const ranges = list(rule.source_ranges);
  const [tags, accounts] = [list(rule.source_tags), list(rule.source_service_accounts)];
  if (ranges.length + tags.length + accounts.length === 0) return contains('0.0.0.0/0', packet.from);
  // Who isn't a machine of this network has neither tag nor account in a rule's eyes.
  const seen = peer?.isMachine ? peer : undefined;
  return (
    ranges.some((range) => contains(range, packet.from)) ||
    tags.some((tag) => seen?.tags.includes(tag)) ||
    (seen !== undefined && accounts.includes(seen.account))
  );
}

function carries(rule: Properties, key: string, { protocol, port }: Packet): boolean {
  const written = String(rule[key]);
  const its = NUMBERS[written] ?? written;
  if (its === 'all') return true;
  if (its !== protocol) return false;
  const ports = list(rule.ports).map(String);
  return ports.length === 0 || ports.some((one) => inPorts(one, port));
}

function inPorts(written: string, port: number): boolean {
  const [first, last = first] = written.split('-').map(Number);
  return port >= Number(first) && port <= Number(last);
}

function policyVerdict(
  world: World,
  rules: readonly Resource[],
  bound: readonly (Resource | undefined)[],
  own: Interface,
  direction: Direction,
  packet: Packet,
): Verdict {
  const policies = new Set(bound.map((one) => one?.id));
  const fitting = rules
    .filter(({ properties }) => {
      const policy = find(world, properties.firewall_policy, ...POLICIES);
      const accounts = list(properties.target_service_accounts);
      return (
        policy !== undefined &&
        policies.has(policy.id) &&
        properties.direction === direction &&
        !isTrue(properties.disabled) &&
        (accounts.length === 0 || accounts.includes(own.account)) &&
        matches(block(properties.match), packet)
      );
    })
    .sort((a, b) => Number(a.properties.priority) - Number(b.properties.priority));
  const action = fitting[0]?.properties.action;
  return action === 'allow' || action === 'deny' ? action : undefined;
}

const POLICIES = [
  'google_compute_network_firewall_policy',
  'google_compute_region_network_firewall_policy',
  'google_compute_firewall_policy',
];

function matches(match: Properties, packet: Packet): boolean {
  const ends = [
    [match.dest_ip_ranges, packet.to],
    [match.src_ip_ranges, packet.from],
  ] as const;
  // Without a range a rule is about every address; of the side that a direction doesn't need, too.
  const between = ends.every(
    ([ranges, address]) => list(ranges).length === 0 || list(ranges).some((range) => contains(range, address)),
  );
  return between && blocksOf(match.layer4_configs).some((one) => carries(one, 'ip_protocol', packet));
}
