import type { GcpClaim } from './gcp-claim';
import { gcpAuditClaim } from './gcp-claim-audit';
import { gcpCloudApiClaim } from './gcp-claim-cloud-api';
import { gcpDnsClaim } from './gcp-claim-dns';
import { gcpInboundClaim } from './gcp-claim-inbound';
import { gcpIpClaim } from './gcp-claim-ip';
import { gcpLauncherClaim } from './gcp-claim-launcher';
import { gcpModelClaim } from './gcp-claim-model';
import { gcpNeighbourClaim } from './gcp-claim-neighbour';
import { gcpProxyClaim } from './gcp-claim-proxy';
import { gcpRoleClaim } from './gcp-claim-role';
import { gcpSecretsClaim } from './gcp-claim-secrets';
import { gcpToolClaim } from './gcp-claim-tool';

/** Every claim as it is shown of Google Cloud, in the order of reports. */
export const GCP_CLAIMS: readonly GcpClaim[] = [
  gcpIpClaim,
  gcpDnsClaim,
  gcpCloudApiClaim,
  gcpRoleClaim,
  gcpSecretsClaim,
  gcpInboundClaim,
  gcpNeighbourClaim,
  gcpLauncherClaim,
  gcpAuditClaim,
  gcpModelClaim,
  gcpProxyClaim,
  gcpToolClaim,
];
