import type { Finding, Report } from '../proof';
import { lazy } from './layers';

/** What `prove --json` says, in one order of keys, so that two reports can be compared as text. */
export function proveDocument(report: Report): Record<string, unknown> {
  const { verdict, remaining, workloads, findings, assumed, unusedAssumptions, lapsed, types } = report;
  const claims = lazy.proof().claimTexts(report);
  return {
    ...{ verdict, remaining, workloads, claims, findings: findings.map(ordered) },
    ...{ assumed, unusedAssumptions, lapsed, types },
  };
}

function ordered(finding: Finding): Finding {
  const { id, workload, claim, destination, verdict, reason, path, change, missing, accepted } = finding;
  return {
    ...{ id, workload, claim, destination, verdict, reason, path },
    ...(change && { change }),
    ...(missing && { missing }),
    ...(accepted && { accepted }),
  };
}
