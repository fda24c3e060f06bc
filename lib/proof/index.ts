/** The proof: CloudFormation templates in, verdicts out. Pure: no cloud SDK, no file, no network. */
export { baselineOf, type Acceptance } from './baseline-document';
export { type Claim, type ClaimText } from './claim';
export { claimTexts } from './claim-texts';
export { CLAIMS } from './claims';
export { prove, type ProveOptions } from './prove';
export {
  type Accepted,
  CLAIM_IDS,
  type ClaimId,
  type Fact,
  type Finding,
  type Hop,
  type JudgedWorkload,
  type LapsedAcceptance,
  type Place,
  type ProofProblem,
  type Report,
  type Verdict,
  worst,
} from './report';
export { type TemplateInput } from './template';
export { WORKLOAD_MARK } from './aws-model';
export { WORKLOAD_LABEL } from './workload-label';
