import { EVERY_IPV4, parseRange, type Range } from './address';
import { sameAccount, type Accounts } from './gcp-accounts';
import { type Attachment, hasTag } from './gcp-attachment';
import { isTrue } from './gcp-networks';
import { EVERY_PORT, EVERY_PROTOCOL, hasPorts, type Interval, type Packets, protocolOf } from './packets';
import type { Hop } from './report';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, not, or, type Truth, Unknown, unknownIn, type Value } from './value';

export type Direction = 'EGRESS' | 'INGRESS';

/** A rule of a firewall as one kind of packet sees it. */
export interface FirewallRule extends Hop {
  /** `next`: judged by what comes after the policy. */
  readonly action: 'allow' | 'deny' | 'next';
  /** Lower comes first; a deny before an allow of the same. */
  readonly priority: number;
  /** By destination for egress, by source for ingress. */
  readonly packets: readonly Packets[];
  /** Whether it lets exactly these through, or stops exactly these: whatever isn't known of it. */
  readonly truth: Truth;
  readonly target: Target;
}

/** Whose packets a rule is about. */
export interface Target {
  readonly tags: readonly Value[];
  readonly accounts: readonly Value[];
  /** Set when it is bound in a way the proof doesn't follow. */
  readonly unknown?: Unknown | undefined;
}

/** Whether a rule is about an interface. */
export function appliesTo({ tags, accounts, unknown }: Target, attachment: Attachment, known: Accounts): Truth {
  if (unknown) return unknown;
  if (tags.length === 0 && accounts.length === 0) return true;
  const tagged = tags.map((tag) => hasTag(tag, attachment));
  const named = accounts.map((value): Truth => {
    const account = known.of(value);
    return account && attachment.account ? sameAccount(account, attachment.account) : false;
  });
  return or(...tagged, ...named);
}

/** Packets of ranges × protocols with their ports; what can't be read makes it unknown whether the rule is as it looks. */
export function packetsOf(
  ranges: readonly (Value | undefined)[],
  protocols: readonly Value[],
  names: { readonly protocol: string },
  id: string,
): { packets: readonly Packets[]; truth: Truth } {
  const parts: { addresses: readonly Range[]; truth: Truth } = rangesOf(ranges, id);
  // One that says no protocol says nothing that can be read.
  const written = protocols.length > 0 ? protocols : [odd(id, 'protocol')];
  const passed = written.map((one) => protocolPorts(one, names.protocol, id));
  const packets = parts.addresses.flatMap((addresses) =>
    passed.flatMap(({ protocols: its, ports }) =>
      ports.map((interval) => ({ addresses, protocols: its, ports: interval })),
    ),
  );
  return { packets, truth: and(parts.truth, ...passed.map(({ truth }) => truth)) };
}

/** Ranges as rules write them; with one that isn't known, everything, and unknown. */
function rangesOf(values: readonly (Value | undefined)[], id: string): { addresses: readonly Range[]; truth: Truth } {
  const found = values.map((one) => (typeof one === 'string' ? parseRange(one) : undefined));
  const known = found.filter((range) => range !== undefined);
  if (known.length === found.length) return { addresses: known, truth: true };
  const missing = values.map((one) => unknownIn(one)).find((one) => one !== undefined) ?? odd(id, 'range');
  return { addresses: [...known, ...EVERYWHERE], truth: missing };
}

export const EVERYWHERE: readonly Range[] = [EVERY_IPV4, { family: 6, first: 0n, last: (1n << 128n) - 1n }];

function protocolPorts(
  value: Value,
  key: string,
  id: string,
): { protocols: Interval; ports: readonly Interval[]; truth: Truth } {
  const written = setting(value, key);
  const all = { protocols: EVERY_PROTOCOL, ports: [EVERY_PORT] };
  const unknown = value instanceof Unknown ? value : unknownIn(written);
  if (unknown) return { ...all, truth: unknown };
  const protocols =
    typeof written === 'string' || typeof written === 'number' ? protocolOf(String(written)) : undefined;
  if (!protocols) return { ...all, truth: odd(id, 'protocol') };
  const listed = setting(value, 'ports');
  if (listed instanceof Unknown) return { protocols, ports: [EVERY_PORT], truth: listed };
  const ports = blocks(listed).map(portsOf);
  if (ports.length === 0 || !hasPorts(protocols))
    return { protocols, ports: [EVERY_PORT], truth: ports.length === 0 ? true : odd(id, 'port') };
  const known = ports.filter((one) => one !== undefined);
  return known.length === ports.length
    ? { protocols, ports: known, truth: true }
    : { protocols, ports: [EVERY_PORT], truth: odd(id, 'port') };
}

function portsOf(value: Value): Interval | undefined {
  const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(keyOf(value)));
  if (!found) return undefined;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  return first <= last && last <= 65535 ? { first, last } : undefined;
}

/** Whether a rule is about this direction. */
export function facing(written: Value | undefined, wanted: Direction, id: string): Truth {
  if (written === 'EGRESS' || written === 'INGRESS') return written === wanted;
  return unknownIn(written) ?? Unknown.of(`direction(${id})`, `${id} opens nothing`);
}

/** How likely a rule is what it looks: a switched-off one isn't there. */
export function enabled(disabled: Value | undefined, exists: Truth): Truth {
  return and(exists, not(isTrue(disabled)));
}

/** A rule's number; one that isn't known is put where it lets most through. */
export function priorityOf(
  value: Value | undefined,
  action: FirewallRule['action'],
  id: string,
): { priority: number; truth: Truth } {
  if (value === undefined) return { priority: 1000, truth: true };
  const number = Number(keyOf(value));
  if (Number.isInteger(number) && number >= 0 && !unknownIn(value)) return { priority: number, truth: true };
  return { priority: action === 'deny' ? 65534 : 0, truth: unknownIn(value) ?? odd(id, 'priority') };
}

function odd(id: string, what: string): Unknown {
  return Unknown.of(`malformed(${id}.${what})`, `the ${what} of ${id} can be read and opens nothing`);
}
