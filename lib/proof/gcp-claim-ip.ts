import type { Candidate, Judged } from './claim';
import type { Attachment } from './gcp-attachment';
import { BEYOND, INTERNET } from './gcp-addresses';
import { gcpPlacementDoubts, type GcpClaim, straightWays } from './gcp-claim';
import type { Passed } from './gcp-firewall';
import type { GcpModel } from './gcp-model';
import { neighboursOf } from './gcp-neighbours';
import type { Route } from './gcp-routes';
import type { GcpWorkload } from './gcp-workloads';
import { EVERY_PORT, EVERY_PROTOCOL, intersect, type Packets } from './packets';
import { and, type Truth } from './value';

const FAMILIES = [
  [4, 'the internet (IPv4)'],
  [6, 'the internet (IPv6)'],
] as const;

/** No packet leaves the workload's network. */
export const gcpIpClaim: GcpClaim = {
  id: 'ip',
  says: 'By IP it reaches nothing outside its network; inside, the proxy.',
  attack:
    'Code of the agent opens a socket of its own, past every proxy variable; with egress left at private ranges, it goes past every route and firewall rule too.',
  of: 'agent',
  prove: (model, workload) => {
    const found = new Map<string, Candidate[]>(FAMILIES.map(([, name]) => [name, []]));
    const doubts = [
      ...gcpPlacementDoubts(workload, 'the internet'),
      ...straightWays(workload, 'public destinations are reached past its network'),
    ];
    for (const [, name] of FAMILIES) found.get(name)?.push(...doubts);
    for (const { destination, ...way } of gcpWaysOut(model, workload))
      found.set(destination, [...(found.get(destination) ?? []), way]);
    const closed = 'no rule of its network lets packets out, or no route leads there';
    return [
      ...[...found].map(([destination, candidates]): Judged => ({ destination, candidates, closed })),
      ...windows(model, workload),
    ];
  },
};

/** Every way packets leave the network of a workload: each route, with what the firewall lets take it. */
export function gcpWaysOut(model: GcpModel, workload: GcpWorkload): (Candidate & { readonly destination: string })[] {
  return workload.attachments.flatMap((attachment) => {
    const passed = model.firewall.passed(attachment, 'EGRESS');
    return model.routes.of(attachment).flatMap((route) => routeWays(model, attachment, route, passed));
  });
}

function routeWays(
  model: GcpModel,
  attachment: Attachment,
  route: Route,
  passed: readonly Passed[],
): (Candidate & { destination: string })[] {
  const { target, range } = route;
  const end =
    target.kind === 'internet' ? model.routes.publicly(attachment, range.family) : { truth: true as Truth, hops: [] };
  const truth = and(route.truth, end.truth);
  if (truth === false) return [];
  const wanted: Packets = { addresses: range, protocols: EVERY_PROTOCOL, ports: EVERY_PORT };
  const reachable = (target.kind === 'internet' ? INTERNET : BEYOND).flatMap((set) => intersect(set, wanted) ?? []);
  const destination =
    target.kind === 'internet' ? (FAMILIES.find(([family]) => family === range.family)?.[1] ?? '') : target.what;
  return passed
    .filter(({ packets }) => reachable.some((set) => intersect(set, packets)))
    .map(({ truth: passes, hop, change }) => ({
      destination,
      truth: and(truth, passes),
      path: [{ id: attachment.id, by: attachment.by }, hop, route.hop, ...end.hops],
      reason: `packets reach ${destination} without passing the proxy`,
      change: target.kind === 'internet' ? change || route.change : route.change,
    }));
}

/** The way that is meant to be there: shown, so that a proof of nothing isn't taken for a proof. */
function windows(model: GcpModel, workload: GcpWorkload): Judged[] {
  return neighboursOf(model, workload)
    .filter(({ what }) => what === 'proxy')
    .map(({ id, ways, hops }) => ({
      destination: `the proxy, by ${id}`,
      candidates: [],
      closed: 'the way that is meant to be there: what passes is decided by the policy',
      intended: [...(ways[0]?.path ?? []), ...hops.map((hop) => ({ id: hop, by: 'the proxy' }))],
    }));
}
