import { isDate, readBaseline, type Acceptance } from './baseline-document';
import type { Finding, LapsedAcceptance, ProofProblem } from './report';

/** Findings with what a baseline accepts of them, and the entries that accept nothing. */
export interface Baselined {
  readonly findings: readonly Finding[];
  readonly lapsed: readonly LapsedAcceptance[];
  readonly problems: readonly ProofProblem[];
}

/**
 * Marks the findings that a baseline accepts. Their verdict stays. An entry that isn't about exactly one of these findings, or
 * whose last day is past (or can't be told, without `today`), accepts nothing and is named.
 */
export function applyBaseline(
  findings: readonly Finding[],
  { baseline, today }: { readonly baseline?: unknown; readonly today?: string },
): Baselined {
  if (baseline === undefined) return { findings, lapsed: [], problems: [] };
  if (today !== undefined && !isDate(today)) {
    const message = `today: expected a date such as 2027-01-31, got ${JSON.stringify(today)} [today-malformed]`;
    return { findings, lapsed: [], problems: [{ where: 'today', code: 'today-malformed', message }] };
  }
  const { acceptances, problems } = readBaseline(baseline);
  const lapsed = acceptances.flatMap((one) => lapsedOf(one, findings, today) ?? []);
  const dead = new Set(lapsed.map(({ id }) => id));
  const standing = new Map(acceptances.filter(({ id }) => !dead.has(id)).map((one) => [one.id, one]));
  return { findings: findings.map((finding) => withAcceptance(finding, standing.get(finding.id))), lapsed, problems };
}

function withAcceptance(finding: Finding, acceptance: Acceptance | undefined): Finding {
  if (!acceptance || finding.verdict === 'closed') return finding;
  const { reason, until } = acceptance;
  return { ...finding, accepted: { reason, ...(until !== undefined && { until }) } };
}

function lapsedOf(entry: Acceptance, findings: readonly Finding[], today?: string): LapsedAcceptance | undefined {
  const { id, workload, claim, destination, until } = entry;
  const base = { id, workload, claim, destination };
  const found = findings.some(
    (one) =>
      one.verdict !== 'closed' &&
      one.id === id &&
      one.workload === workload &&
      one.claim === claim &&
      one.destination === destination,
  );
  if (!found)
    return { ...base, why: 'stale', says: 'no finding is this one: it was closed or has changed; remove the entry' };
  if (until === undefined || (today !== undefined && today <= until)) return undefined;
  return { ...base, why: 'expired', says: `accepted until ${until} only: close it, or decide anew` };
}
