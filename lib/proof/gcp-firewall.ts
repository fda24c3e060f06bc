import type { Accounts } from './gcp-accounts';
import type { Attachment } from './gcp-attachment';
import { appliesTo, type Direction, enabled, facing, type FirewallRule, packetsOf, priorityOf } from './gcp-rules';
import type { Networks } from './gcp-networks';
import { policyTiers } from './gcp-firewall-policies';
import type { Names } from './gcp-names';
import { oncePer } from './once-per';
import { EVERY_PACKET, intersect, type Packets, subtract } from './packets';
import type { Hop } from './report';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { blocks, setting } from './terraform-blocks';
import { and, not, type Truth, Unknown, type Value } from './value';

/** Packets that a rule lets through, as sure as the documents make it. */
export interface Passed {
  readonly packets: Packets;
  readonly truth: Truth;
  readonly hop: Hop;
  /** What closes it. */
  readonly change: string;
}

// Rules that cut packets into more pieces than this aren't followed; what isn't followed isn't closed.
const MOST_PIECES = 4000;

/** The firewall of each network: policies and rules in the order in which they are asked. */
export class Firewall {
  private readonly rules = new Map<string, readonly FirewallRule[]>();

  constructor(
    private readonly read: {
      readonly terraform: Terraform;
      readonly networks: Networks;
      readonly accounts: Accounts;
      readonly names: Names;
    },
  ) {}

  private readonly egress = oncePer((attachment: Attachment) => this.work(attachment, 'EGRESS'));
  private readonly ingress = oncePer((attachment: Attachment) => this.work(attachment, 'INGRESS'));

  /** What an interface may send, by destination; or be sent, by source. */
  passed(attachment: Attachment, direction: Direction): readonly Passed[] {
    return direction === 'EGRESS' ? this.egress(attachment) : this.ingress(attachment);
  }

  private work(attachment: Attachment, direction: Direction): readonly Passed[] {
    const { network } = attachment;
    const doubt = foreign(
      network.id,
      network.kind === 'unknown' ? network.unknown : undefined,
      network.kind === 'foreign',
    );
    const tiers = this.tiersOf(attachment, direction);
    const found: Passed[] = [];
    let left: Piece[] = EVERY_PACKET.map((packets) => ({ packets, truth: true }));
    for (const tier of tiers) left = this.judge(tier, attachment, left, found);
    if (direction === 'EGRESS')
      for (const { packets, truth } of left)
        found.push({
          packets,
          truth,
          hop: { id: network.id, by: 'the implied rule that lets everything out' },
          change: `deny what is left in ${network.id} by a rule without a target`,
        });
    if (!doubt) return found;
    const hop = { id: network.id, by: 'rules not in the documents' };
    return [
      ...found.map((one) => ({ ...one, truth: and(one.truth, doubt) })),
      ...EVERY_PACKET.map((packets) => ({ packets, truth: doubt, hop, change: '' })),
    ];
  }

  private judge(
    tier: readonly FirewallRule[],
    attachment: Attachment,
    from: readonly Piece[],
    found: Passed[],
  ): Piece[] {
    let left = [...from];
    const next: Piece[] = [];
    for (const rule of tier) {
      const truth = and(appliesTo(rule.target, attachment, this.read.accounts), rule.truth);
      if (truth === false) continue;
      if (rule.action === 'allow') found.push(...allowed(rule, truth, left));
      else {
        if (rule.action === 'next') next.push(...left.flatMap((piece) => within(piece, rule.packets, truth)));
        left = left.flatMap((piece) => without(piece, rule.packets, truth));
      }
      if (left.length > MOST_PIECES)
        return [...next, ...EVERY_PACKET.map((packets) => ({ packets, truth: tooMany(attachment.network.id) }))];
    }
    return [...left, ...next];
  }

  private tiersOf(attachment: Attachment, direction: Direction): readonly (readonly FirewallRule[])[] {
    const { network } = attachment;
    const classic = this.classic(network.id, direction, ({ properties }) =>
      this.read.networks.isNetwork(setting(properties, 'network'), network, properties),
    );
    const { before, after } = policyTiers(this.read, attachment, direction);
    return [...before, classic, ...after];
  }

  private classic(network: string, direction: Direction, isHere: (rule: Resource) => Truth): readonly FirewallRule[] {
    const key = `${direction} ${network}`;
    const known = this.rules.get(key);
    if (known) return known;
    const found = this.read.terraform
      .ofType('google_compute_firewall')
      .flatMap((resource) => {
        const here = isHere(resource);
        return here === false ? [] : classicRules(resource, direction, here);
      })
      .sort(inOrder);
    this.rules.set(key, found);
    return found;
  }
}

/** Denies come before allows of the same number. */
export function inOrder(one: FirewallRule, other: FirewallRule): number {
  return one.priority - other.priority || Number(one.action === 'allow') - Number(other.action === 'allow');
}

interface Piece {
  readonly packets: Packets;
  /** Whether rules before have left it. */
  readonly truth: Truth;
}

function allowed(rule: FirewallRule, truth: Truth, left: readonly Piece[]): Passed[] {
  return left
    .flatMap((piece) => within(piece, rule.packets, truth))
    .map(({ packets, truth: passed }) => ({
      packets,
      truth: passed,
      hop: { id: rule.id, by: rule.by },
      change: `remove ${rule.by} from ${rule.id}, or narrow it to the window’s address`,
    }));
}

function within(piece: Piece, packets: readonly Packets[], truth: Truth): Piece[] {
  return packets.flatMap((one) => {
    const both = intersect(piece.packets, one);
    return both ? [{ packets: both, truth: and(piece.truth, truth) }] : [];
  });
}

/** What a rule leaves: surely all outside it, and inside it as surely as it isn't there. */
function without(piece: Piece, packets: readonly Packets[], truth: Truth): Piece[] {
  const doubted = not(truth);
  const inside = doubted === false ? [] : within(piece, packets, doubted);
  const outside = packets.reduce<readonly Packets[]>(
    (left, one) => left.flatMap((set) => subtract(set, one)),
    [piece.packets],
  );
  return [...outside.map((set) => ({ packets: set, truth: piece.truth })), ...inside];
}

/** A VPC firewall rule; a direction nobody knows is each of them. */
function classicRules(resource: Resource, wanted: Direction, here: Truth): FirewallRule[] {
  const { id, properties, exists } = resource;
  const written = setting(properties, 'direction') ?? 'INGRESS';
  const direction = facing(written, wanted, id);
  if (direction === false) return [];
  const existing = and(here, direction, enabled(setting(properties, 'disabled'), exists));
  if (existing === false) return [];
  return (['allow', 'deny'] as const).flatMap((action): FirewallRule[] => {
    const listed = setting(properties, action);
    const protocols = listed instanceof Unknown ? [listed] : blocks(listed);
    if (protocols.length === 0) return [];
    const { priority, truth: numbered } = priorityOf(setting(properties, 'priority'), action, id);
    const side = sides(properties, wanted, action, id);
    const { packets, truth } = packetsOf(side.ranges, protocols, { protocol: 'protocol' }, id);
    const target = targetOf(properties);
    return [{ id, by: action, action, priority, packets, truth: and(existing, numbered, side.truth, truth), target }];
  });
}

/** Ranges of the side that is looked at. What narrows a rule by the other side makes a refusal less than it looks. */
function sides(
  properties: Value,
  direction: Direction,
  action: 'allow' | 'deny',
  id: string,
): { ranges: readonly (Value | undefined)[]; truth: Truth } {
  const [own, other] =
    direction === 'EGRESS' ? ['destination_ranges', 'source_ranges'] : ['source_ranges', 'destination_ranges'];
  const written = listOf(setting(properties, own));
  const blind = ['source_tags', 'source_service_accounts'].flatMap((key) => listOf(setting(properties, key)));
  const narrowed = listOf(setting(properties, other)).length > 0 || blind.length > 0;
  const truth: Truth =
    narrowed && action === 'deny' ? Unknown.of(`narrowed(${id})`, `what ${id} leaves open is open to nothing`) : true;
  // By tag or account anyone of the network may be meant, besides the ranges.
  if (blind.length > 0) return { ranges: ['0.0.0.0/0', '::/0'], truth };
  return { ranges: written.length > 0 ? written : ['0.0.0.0/0'], truth };
}

function targetOf(properties: Value): FirewallRule['target'] {
  return {
    tags: listOf(setting(properties, 'target_tags')),
    accounts: listOf(setting(properties, 'target_service_accounts')),
  };
}

function listOf(value: Value | undefined): readonly Value[] {
  return value instanceof Unknown ? [value] : blocks(value);
}

function foreign(id: string, unknown: Unknown | undefined, isForeign: boolean): Unknown | undefined {
  if (unknown) return unknown;
  return isForeign
    ? Unknown.of(`firewall(${id})`, `the firewall of ${id}, which no document holds, lets nothing through`)
    : undefined;
}

function tooMany(network: string): Unknown {
  return Unknown.of(
    `rules(${network})`,
    `the firewall of ${network}, which has too many rules to follow, keeps this closed`,
  );
}
