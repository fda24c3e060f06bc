import type { Claim } from './claim';
import { auditClaim } from './claim-audit';
import { cloudApiClaim } from './claim-cloud-api';
import { dnsClaim } from './claim-dns';
import { inboundClaim } from './claim-inbound';
import { ipClaim } from './claim-ip';
import { launcherClaim } from './claim-launcher';
import { modelClaim } from './claim-model';
import { neighbourClaim } from './claim-neighbour';
import { proxyClaim } from './claim-proxy';
import { roleClaim } from './claim-role';
import { secretsClaim } from './claim-secrets';
import { toolClaim } from './claim-tool';

/** Every claim, in the order of reports. */
export const CLAIMS: readonly Claim[] = [
  ipClaim,
  dnsClaim,
  cloudApiClaim,
  roleClaim,
  secretsClaim,
  inboundClaim,
  neighbourClaim,
  launcherClaim,
  auditClaim,
  modelClaim,
  proxyClaim,
  toolClaim,
];
