import type { ClaimText } from './claim';
import { CLAIMS } from './claims';
import { GCP_CLAIMS } from './gcp-claims';
import type { Report } from './report';

/** What the claims of a report say: in the words of the cloud that its workloads run on; of both, where they run on both. */
export function claimTexts({ workloads }: Pick<Report, 'workloads'>): readonly ClaimText[] {
  const clouds = new Set(workloads.map(({ cloud }) => cloud));
  return CLAIMS.map(({ id, says, attack }) => {
    const google = GCP_CLAIMS.find((one) => one.id === id);
    if (!google || !clouds.has('gcp')) return { id, says, attack };
    const told = (one: string, other: string) =>
      one === other || !clouds.has('aws') ? other : `${one} On Google Cloud: ${other}`;
    return { id, says: told(says, google.says), attack: told(attack, google.attack) };
  });
}
