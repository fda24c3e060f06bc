import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { ProveOptions } from './prove';
import type { ClaimId, Hop } from './report';
import type { Truth } from './value';

/** One way something could be reached, as sure as the templates make it. */
export interface Candidate {
  readonly truth: Truth;
  readonly path: readonly Hop[];
  /** What the path lets an attacker do, in a sentence. */
  readonly reason: string;
  /** One change that closes it. */
  readonly change: string;
}

/** A destination with every way to it that was found. */
export interface Judged {
  readonly destination: string;
  readonly candidates: readonly Candidate[];
  /** Why it is closed, when it is. */
  readonly closed: string;
  /** The way that is meant to be there; shown with a closed verdict. */
  readonly intended?: readonly Hop[];
}

/** What a claim says, in the words of the cloud that it is shown of. */
export interface ClaimText {
  readonly id: ClaimId;
  /** The claim, as a sentence about the workload. */
  readonly says: string;
  /** The attack it answers. */
  readonly attack: string;
}

/** One thing the proof shows of a workload. */
export interface Claim extends ClaimText {
  /** The workloads it is shown of. */
  readonly of: readonly Workload['kind'][];
  prove(model: AwsModel, workload: Workload, options: ProveOptions): readonly Judged[];
}
