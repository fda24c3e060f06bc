import type { Claim } from './claim';
import { ipClaim } from './claim-ip';

/** Every claim, in the order of reports. */
export const CLAIMS: readonly Claim[] = [ipClaim];
