import type { ClaimId } from '../../lib/proof';
import { CLOUD_SERVICES } from './cloud-services';
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

/** Services of the cloud near the agent, where they open something. */
const SERVICES = CLOUD_SERVICES.flatMap(([hole, make, verdicts]): Hole[] => {
  // The keys of what is expected are claims.
  const [claim] = Object.keys(verdicts) as ClaimId[];
  return claim ? [{ hole, claim, make }] : [];
});

export const HOLES: readonly Hole[] = [...NETWORK_HOLES, ...INNER_HOLES, ...SERVICES];

export function holed({ make }: Hole): Resources {
  const resources = sealedCell();
  make(resources);
  return resources;
}
