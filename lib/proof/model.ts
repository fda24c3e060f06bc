import type { Range, Ranges } from './address';
import type { Interval, Packets } from './packets';
import type { Hop } from './report';
import type { Truth, Unknown } from './value';

/*
 * What a packet sees, in words of no cloud: readers of one cloud's resources fill it, claims read nothing else of the network.
 */

/** Whom a rule lets through. */
export type Peer =
  | { readonly kind: 'range'; readonly range: Range }
  /** `unknown`: why it may be another group than the one that its id says. */
  | { readonly kind: 'group'; readonly id: string; readonly unknown?: Unknown }
  /** A list of addresses that the cloud or someone else keeps. */
  | { readonly kind: 'prefix-list'; readonly shown: string }
  | { readonly kind: 'unknown'; readonly unknown: Unknown };

/** A rule of a group that lets packets through; there are none that refuse. */
export interface Rule extends Hop {
  readonly peer: Peer;
  readonly protocols: Interval;
  readonly ports: Interval;
  readonly exists: Truth;
  /** What takes it away. @default - removing the rule */
  readonly change?: string;
}

/** A security group: packets pass that any rule of any group of an interface lets through. */
export interface Group {
  /** What rules name it by. */
  readonly key: string;
  /** As in reports. */
  readonly id: string;
  readonly egress: readonly Rule[];
  readonly ingress: readonly Rule[];
  /** Set for a group the templates only name: it may be any, and its rules are unknown ones. */
  readonly unknown?: Unknown;
}

/** Where a route leads. */
export type Target =
  | { readonly kind: 'internet'; readonly needsPublicIpv4: boolean; readonly ipv6Only?: boolean }
  | { readonly kind: 'translate'; segment(): Segment | undefined; readonly public: boolean }
  /** `ends`: the networks of both sides, where they are known. */
  | { readonly kind: 'network'; readonly network: string; readonly ends?: readonly string[] }
  | { readonly kind: 'service'; readonly endpoint: string }
  | { readonly kind: 'beyond'; readonly what: string }
  | { readonly kind: 'unknown'; readonly unknown: Unknown };

export interface Route extends Hop {
  /** Where the target stands in reports. */
  readonly targetId: string;
  /** `undefined`: a list of addresses that the cloud keeps. */
  readonly destination: Range | Unknown | undefined;
  readonly target: Target;
  readonly exists: Truth;
}

/** An entry of a stateless access list, in the order it is judged. */
export interface AclEntry extends Hop {
  readonly allow: boolean;
  readonly packets: Packets | Unknown;
}

/** A subnet. */
export interface Segment {
  readonly id: string;
  readonly network: string;
  readonly ranges: Ranges;
  readonly tableId: string;
  readonly routes: readonly Route[];
  /** Outbound; `undefined` lets everything through. */
  readonly acl: readonly AclEntry[] | undefined;
  /** Inbound, likewise. */
  readonly aclIn: readonly AclEntry[] | undefined;
  readonly hasIpv6: Truth;
  /** Set for a subnet the templates only name. */
  readonly unknown?: Unknown;
}

/** Something with an address in a network that listens. */
export interface Interface {
  readonly id: string;
  readonly kind: 'endpoint' | 'balancer' | 'workload' | 'other';
  /** What it is, for reports. */
  readonly what: string;
  readonly networks: readonly string[];
  readonly segments: readonly Segment[];
  /** Empty: it has no group and admits everything. */
  readonly groups: readonly Group[];
}

/** One way in which a workload is started: where, and with which groups. */
export interface Placement {
  /** What starts it. */
  readonly id: string;
  readonly by: string;
  readonly segments: readonly Segment[];
  readonly groups: readonly Group[];
  readonly publicAddress: Truth;
  /** Set when something of the placement isn't known. */
  readonly unknown?: Unknown;
}
