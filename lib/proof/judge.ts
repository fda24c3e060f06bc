import type { Candidate, Claim, Judged } from './claim';
import { fingerprint } from './fingerprint';
import type { Fact, Finding } from './report';
import { Unknown } from './value';

/** Facts the caller states; remembers which of them a verdict needed. */
export class Assumptions {
  private readonly used = new Set<string>();

  constructor(private readonly stated: ReadonlySet<string>) {}

  /** The facts that nobody has stated. */
  missing(unknown: Unknown): readonly Fact[] {
    return unknown.facts.filter(({ id }) => {
      if (!this.stated.has(id)) return true;
      this.used.add(id);
      return false;
    });
  }

  usedIds(): readonly string[] {
    return [...this.used].sort();
  }

  unusedIds(): readonly string[] {
    return [...this.stated].filter((id) => !this.used.has(id)).sort();
  }
}

/** Turns what a claim found into the verdict on one destination: the worst of its ways, shown by its shortest path. */
export function judge(workload: string, claim: Pick<Claim, 'id'>, judged: Judged, assumptions: Assumptions): Finding {
  const found = unnamed(workload, claim, judged, assumptions);
  return { id: fingerprint(found), ...found };
}

function unnamed(
  workload: string,
  claim: Pick<Claim, 'id'>,
  judged: Judged,
  assumptions: Assumptions,
): Omit<Finding, 'id'> {
  const base = { workload, claim: claim.id, destination: judged.destination };
  const open = shortest(judged.candidates.filter(({ truth }) => truth === true));
  if (open) return { ...base, verdict: 'open', reason: open.reason, path: open.path, change: open.change };
  const doubts = judged.candidates.flatMap((candidate) => {
    const missing = candidate.truth instanceof Unknown ? assumptions.missing(candidate.truth) : [];
    return missing.length > 0 ? [{ ...candidate, missing }] : [];
  });
  const doubt = shortest(doubts);
  if (!doubt) return { ...base, verdict: 'closed', reason: judged.closed, path: judged.intended ?? [] };
  const missing = [...new Map(doubts.flatMap((one) => one.missing.map((fact) => [fact.id, fact]))).values()];
  return { ...base, verdict: 'unproven', reason: doubt.reason, path: doubt.path, missing };
}

function shortest<T extends Candidate>(candidates: readonly T[]): T | undefined {
  return candidates.reduce<T | undefined>(
    (best, one) => (best && best.path.length <= one.path.length ? best : one),
    undefined,
  );
}
