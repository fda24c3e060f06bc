import type { Candidate, ClaimText, Judged } from './claim';
import { type Account, accountDoubt } from './gcp-accounts';
import type { GcpModel } from './gcp-model';
import type { GcpWorkload } from './gcp-workloads';
import type { ProveOptions } from './prove';

/** One thing the proof shows of a workload of Google Cloud, in its words. */
export interface GcpClaim extends ClaimText {
  readonly of: GcpWorkload['kind'];
  prove(model: GcpModel, workload: GcpWorkload, options: ProveOptions): readonly Judged[];
}

/** What isn't known of where a workload runs: without it nothing about its network is closed. */
export function gcpPlacementDoubts({ id, placement }: GcpWorkload, destination: string): Candidate[] {
  if (!placement) return [];
  const reason = `where ${id} runs isn’t known, so neither is whether it reaches ${destination}`;
  return [{ truth: placement, path: [{ id, by: 'where it is placed' }], reason, change: '' }];
}

/** What isn't known of what a workload's account may do; `says` ends the fact to state about one that no document holds. */
export function accountDoubts(
  { id }: GcpWorkload,
  account: Account,
  { fact, says, may, change = '' }: { fact: string; says: string; may: string; change?: string },
): Candidate[] {
  const truth = accountDoubt(account, fact, says);
  if (!truth) return [];
  return [{ truth, path: [{ id, by: 'service_account' }], reason: `what its account may ${may} isn’t known`, change }];
}

/** A workload without an account of its own has the project's. */
export function withoutAccount({ id }: GcpWorkload, reason: string): Candidate[] {
  return [
    { truth: true, path: [{ id, by: 'no service_account' }], reason, change: `give ${id} an account of its own` },
  ];
}

/** What is claimed of a proxy is not known where it isn't known which one it is. */
export function unsureProxies({ unsure }: GcpModel, destination: string): Judged[] {
  if (unsure.length === 0) return [];
  const candidates = unsure.map(({ id, truth }): Candidate => ({
    truth,
    path: [{ id, by: 'labels' }],
    reason: 'whether it is the proxy isn’t known',
    change: '',
  }));
  return [{ destination, candidates, closed: '' }];
}

/** What a workload sends past its own network: the platform's way out. */
export function straightWays({ id, straight, straightBy }: GcpWorkload, reason: string): Candidate[] {
  if (straight === false) return [];
  const change = `give ${id} a vpc_access with network_interfaces and egress ALL_TRAFFIC`;
  return [{ truth: straight, path: [{ id, by: straightBy }], reason, change }];
}
