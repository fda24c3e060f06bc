import type { Verdict } from '../../../lib/proof';
import { add, agentNetwork, body, type Raw, type Resources } from './reference';

/** What isn't closed, by claim. */
export type Expected = Readonly<Record<string, Verdict>>;
/** A change of our own stack, written by hand; it may give the document more sections. */
export type ByHand = readonly [name: string, put: (resources: Resources) => Raw | void, expected: Expected];

/** A rule of the agents' network that lets everything out, but for what `more` says. */
export function rule(r: Resources, name: string, more: Raw = {}): void {
  add(r, 'compute_firewall', name, {
    ...{ name: name.toLowerCase(), network: agentNetwork(r), direction: 'EGRESS', priority: 900 },
    ...{ destination_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'all' }], ...more },
  });
}

/** A rule that lets everybody in to a tag. */
export function inbound(r: Resources, tag: string): void {
  const both = { direction: 'INGRESS', destination_ranges: undefined };
  rule(r, 'In', { ...both, source_ranges: ['0.0.0.0/0'], target_tags: [tag] });
}

/** Default routes and a translation: the deny rule alone holds. */
export function wayOut(r: Resources): void {
  body(r, 'compute_network', '"coder-agent"').delete_default_routes_on_create = false;
  add(r, 'compute_router', 'Out', { name: 'out', network: agentNetwork(r), region: 'europe-west1' });
  add(r, 'compute_router_nat', 'Out', {
    ...{ name: 'out', router: '${google_compute_router.Out.name}' },
    source_subnetwork_ip_ranges_to_nat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
  });
}

export const deny = (r: Resources): Raw => body(r, 'compute_firewall', 'coder-agent-deny-egress-v4');
