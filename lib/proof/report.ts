/**
 * What is known of a path, never better than what is known:
 * `closed`: no such path; `open`: there is one, and it is shown; `unproven`: a fact is missing that decides it.
 */
export type Verdict = 'closed' | 'open' | 'unproven';

/** What a claim is about; each is a file `claim-….ts` with its reason and the attack it answers. */
export type ClaimId = (typeof CLAIM_IDS)[number];

export const CLAIM_IDS = [
  ...(['ip', 'dns', 'cloud-api', 'role', 'secrets', 'inbound', 'neighbour'] as const),
  ...(['proxy', 'launcher', 'audit', 'model', 'tool'] as const),
] as const;

/** One step of a path, in the template's own words. */
export interface Hop {
  /** Logical id, with `template/` before it where several templates are read; or a plain name such as `internet`. */
  readonly id: string;
  /** The property that lets it through, e.g. `SecurityGroupEgress[0]`. */
  readonly by: string;
}

/** Something the templates don't say and the verdict depends on. */
export interface Fact {
  /** Stable, e.g. `routes(subnet-1)`; `options.assume` takes it. */
  readonly id: string;
  /** The fact as the sentence that would have to be true for the path to be closed. */
  readonly says: string;
}

/** One destination of one workload under one claim. */
export interface Finding {
  /** Stable name of this finding, e.g. `ip-0123456789abcdef`: what a baseline accepts and code review follows. */
  readonly id: string;
  /** Logical id of the workload. */
  readonly workload: string;
  readonly claim: ClaimId;
  readonly destination: string;
  readonly verdict: Verdict;
  /** Why; for `closed`, what stops it. */
  readonly reason: string;
  /** Hop by hop; empty where nothing gets that far. */
  readonly path: readonly Hop[];
  /** One change that closes it; only with `open`. */
  readonly change?: string;
  /** What is missing; only with `unproven`. */
  readonly missing?: readonly Fact[];
  /** Set where a baseline accepts it; the verdict stays what it is. */
  readonly accepted?: Accepted;
}

/** Why a finding that isn't closed may stay, by a baseline. */
export interface Accepted {
  readonly reason: string;
  /** The last day on which it holds, as 2027-01-31. @default - until the finding changes */
  readonly until?: string;
}

/** An entry of a baseline that accepts nothing any more. */
export interface LapsedAcceptance {
  readonly id: string;
  readonly workload: string;
  readonly claim: ClaimId;
  readonly destination: string;
  /** `stale`: no finding is this one; `expired`: its last day is past. */
  readonly why: 'stale' | 'expired';
  /** The same as a sentence. */
  readonly says: string;
}

/** A workload of the templates and what was taken it for. */
export interface JudgedWorkload {
  readonly id: string;
  readonly kind: 'agent' | 'proxy' | 'tool';
  /** Whose it is. */
  readonly cloud: 'aws' | 'gcp';
  /** How it was known: a mark in the template, an option, or that nothing was marked. */
  readonly known: 'marked' | 'named' | 'unmarked';
  /** The worst of its findings. */
  readonly verdict: Verdict;
  /** Where it runs; empty where nothing of the templates starts it. @default - not told */
  readonly places?: readonly Place[];
}

/** One way in which a workload is started. */
export interface Place {
  /** Logical id of what starts it. */
  readonly by: string;
  readonly networks: readonly string[];
  readonly subnets: readonly string[];
}

/** The answer of `prove`. */
export interface Report {
  /** The worst of all findings; `unproven` where there is no workload at all. */
  readonly verdict: Verdict;
  /** The same without what a baseline accepts: `closed` where nothing but that is left. */
  readonly remaining: Verdict;
  readonly workloads: readonly JudgedWorkload[];
  readonly findings: readonly Finding[];
  /** Ids of facts of `options.assume` that a verdict rests on. */
  readonly assumed: readonly string[];
  /** Those that no verdict needed: out of date, or misspelt. */
  readonly unusedAssumptions: readonly string[];
  /** Entries of the baseline that accept nothing: with any, the baseline is to be mended. */
  readonly lapsed: readonly LapsedAcceptance[];
  readonly types: {
    /** Resource types known not to matter, with how many there are. */
    readonly inert: Readonly<Record<string, number>>;
    /** Resource types the model doesn't know, with their logical ids. */
    readonly unknown: Readonly<Record<string, readonly string[]>>;
  };
  /** What could not be read at all; with any, nothing is closed. */
  readonly problems: readonly ProofProblem[];
}

/** Something in the input that is no template. */
export interface ProofProblem {
  readonly where: string;
  readonly code: string;
  readonly message: string;
}

const ORDER: readonly Verdict[] = ['closed', 'unproven', 'open'];

/** The worst of them; `closed` of none. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  let found: Verdict = 'closed';
  for (const verdict of verdicts) if (ORDER.indexOf(verdict) > ORDER.indexOf(found)) found = verdict;
  return found;
}
