import type { ClaimId } from '../../lib/proof';
import { INNER_HOLES } from './holes-inner';
import { NETWORK_HOLES } from './holes-network';
import { sealedCell } from './sealed-cell';
import type { Resources } from './templates';

/** One hole in a sealed cell: what it adds or changes, and the claim that must not be closed then. */
export interface Hole {
  readonly hole: string;
  readonly claim: ClaimId;
  readonly make: (resources: Resources) => void;
}

export const HOLES: readonly Hole[] = [...NETWORK_HOLES, ...INNER_HOLES];

export function holed({ make }: Hole): Resources {
  const resources = sealedCell();
  make(resources);
  return resources;
}
