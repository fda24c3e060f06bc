import type { Range } from './address';
import type { Interface } from './model';

/** The network as claims see it. */
export interface Network {
  /** Address ranges of a network, as far as they are known. */
  rangesOf(network: string): readonly Range[];
  /** Everything with an address that listens. */
  readonly interfaces: readonly Interface[];
}
