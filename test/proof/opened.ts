import type { ClaimId, Report, Verdict } from '../../lib/proof';

/** Claims that aren't closed, by their worst verdict. */
export type Expected = Partial<Record<ClaimId, Verdict>>;

/** What isn't closed, by claim, and the kinds of facts that are missing. */
export function opened({ findings }: Report): { verdicts: Expected; missing: readonly string[] } {
  const verdicts: Expected = {};
  const missing = new Set<string>();
  for (const { claim, verdict, missing: facts } of findings) {
    if (verdict !== 'closed' && verdicts[claim] !== 'open') verdicts[claim] = verdict;
    for (const { id } of facts ?? []) missing.add(id.replace(/\(.*/s, ''));
  }
  return { verdicts, missing: [...missing].sort() };
}
