import fc from 'fast-check';

type Verdict = 'closed' | 'open' | 'unproven';

/** What is judged and played: generated documents, each with the claims that its sort is about. */
export interface Match<Sample extends { readonly claims: readonly Claim[] }, Claim extends string> {
  readonly name: string;
  readonly samples: fc.Arbitrary<Sample>;
  /** What the proof says; `undefined` where a claim has no finding at all. */
  readonly verdictOf: (sample: Sample, claim: Claim) => Verdict | undefined;
  readonly simulate: (sample: Sample, claim: Claim) => { readonly what: string; readonly always: boolean } | undefined;
}

/** A full run: `ANCHORHOLD_TEMPLATES=50000 ANCHORHOLD_SEED=$RANDOM npx jest test/proof/oracle`. */
export const RUNS = Number(process.env.ANCHORHOLD_TEMPLATES ?? 200);
/** The same templates in every run, unless others are asked for. */
export const SEED = Number(process.env.ANCHORHOLD_SEED ?? 1);

/** Prints how often both agree, and throws at the first document of which the proof says closed and shouldn't. */
export function agree<Sample extends { readonly claims: readonly Claim[] }, Claim extends string>(
  { name, samples, verdictOf, simulate }: Match<Sample, Claim>,
  claims: readonly Claim[],
): void {
  const counts = new Map<string, number>();
  const property = fc.property(samples, (sample) => {
    for (const claim of sample.claims) {
      const verdict = verdictOf(sample, claim);
      const leak = simulate(sample, claim);
      expect([claim, verdict]).toEqual([claim, expect.any(String)]);
      if (verdict === 'closed' && leak) throw new Error(`${claim} is said to be closed, but ${leak.what}`);
      const way = leak === undefined ? 'no leak' : leak.always ? 'leak' : 'leak in some worlds';
      const key = `${claim} ${String(verdict)} ${way}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
  const lines = [...counts].sort().map(([key, count]) => `${key}: ${count}`);
  process.stdout.write(`${name}, ${RUNS} documents, seed ${SEED}\n${lines.join('\n')}\n`);
  // Both answers are frequent under each claim, or agreement would say nothing.
  for (const claim of claims)
    for (const agreed of [`${claim} closed no leak`, `${claim} open leak`])
      expect([agreed, (counts.get(agreed) ?? 0) > RUNS / 200]).toEqual([agreed, true]);
}
