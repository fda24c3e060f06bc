import type { Candidate } from './claim';
import type { Attachment } from './gcp-attachment';
import { TO_GOOGLE } from './gcp-addresses';
import { gcpPlacementDoubts, type GcpClaim, straightWays } from './gcp-claim';
import type { GcpModel } from './gcp-model';
import { neighboursOf } from './gcp-neighbours';
import { EVERY_PORT, EVERY_PROTOCOL, intersect } from './packets';
import { and, Unknown } from './value';

const REASON = 'Google’s APIs are reached, and they take anybody’s token for anybody’s bucket';

/** Google's APIs can't be used with a token that isn't ours. */
export const gcpCloudApiClaim: GcpClaim = {
  id: 'cloud-api',
  says: 'Through no address of Google’s APIs can anybody’s token reach anybody’s bucket.',
  attack:
    'Code of the agent brings a token of its author’s project and writes what it has read into that project’s bucket, over private Google access or an endpoint for all APIs.',
  of: 'agent',
  prove: (model, workload) => [
    {
      destination: 'Google’s APIs',
      candidates: [
        ...gcpPlacementDoubts(workload, 'Google’s APIs'),
        ...straightWays(workload, REASON),
        ...workload.attachments.flatMap((attachment) => byPrivateAccess(model, attachment)),
      ],
      closed: 'its subnets have no private Google access, or no route and no rule leads there',
    },
    ...byEndpoint(model, workload),
  ],
};

/** Private Google access needs a route to Google's own addresses, and no address of one's own. */
function byPrivateAccess(model: GcpModel, attachment: Attachment): Candidate[] {
  const { subnet } = attachment;
  const access = subnet?.googleAccess ?? Unknown.of(`subnet(${attachment.id})`, `${attachment.id} is in a subnet`);
  if (access === false) return [];
  const passed = model.firewall.passed(attachment, 'EGRESS');
  return model.routes.of(attachment).flatMap((route): Candidate[] => {
    if (route.target.kind !== 'internet') return [];
    const routed = TO_GOOGLE.flatMap(
      (set) => intersect(set, { addresses: route.range, protocols: EVERY_PROTOCOL, ports: EVERY_PORT }) ?? [],
    );
    return passed
      .filter(({ packets }) => routed.some((set) => intersect(set, packets)))
      .map(({ truth, hop }) => ({
        truth: and(access, route.truth, truth),
        path: [
          { id: attachment.id, by: attachment.by },
          hop,
          route.hop,
          { id: subnet?.id ?? attachment.network.id, by: 'private_ip_google_access' },
        ],
        reason: REASON,
        change: `set private_ip_google_access of ${subnet?.id ?? 'its subnet'} to false`,
      }));
  });
}

/** Private Service Connect for Google's APIs: an address of the network itself, and no route. */
function byEndpoint(model: GcpModel, workload: Parameters<GcpClaim['prove']>[1]): ReturnType<GcpClaim['prove']> {
  return neighboursOf(model, workload)
    .filter(({ what }) => what === 'google')
    .map(({ id, ways }) => ({
      destination: `Google’s APIs by ${id}`,
      candidates: ways.map((way) => ({ ...way, reason: REASON })),
      closed: 'no rule leads to its address',
    }));
}
