import type { Range, Ranges } from './address';
import type { Interface } from './model';

/** The network as claims see it. */
export interface Network {
  /** Whether the templates hold a network. */
  holds(network: string): boolean;
  /** Address ranges that a network has for certain: packets to them stay in it. */
  localTo(network: string): readonly Range[];
  /** Address ranges that a network may have. */
  rangesOf(network: string): Ranges;
  /** Everything with an address that listens. */
  readonly interfaces: readonly Interface[];
}
