import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { prove, type ClaimId, type Verdict, worst } from '../../../lib/proof';
import { CASES } from './cases';
import { type Sample, samples } from './generate';
import { SIMULATED, simulate } from './simulate';
import type { Template } from './world';

/** A full run: `ANCHORHOLD_TEMPLATES=50000 ANCHORHOLD_SEED=$RANDOM npx jest test/proof/oracle`. */
const RUNS = Number(process.env.ANCHORHOLD_TEMPLATES ?? 200);
/** The same templates in every run, unless others are asked for. */
const SEED = Number(process.env.ANCHORHOLD_SEED ?? 1);

/** What the proof says of the agent; `undefined` where a claim has no finding at all. */
function verdictOf(template: Template, claim: ClaimId): Verdict | undefined {
  const found = report(template).findings.filter(({ workload, claim: of }) => workload === 'AgentTask' && of === claim);
  return found.length === 0 ? undefined : worst(found.map(({ verdict }) => verdict));
}

const REPORTS = new WeakMap<Template, ReturnType<typeof prove>>();
function report(template: Template): ReturnType<typeof prove> {
  const known = REPORTS.get(template);
  const one =
    known ?? prove([{ name: 'template.json', document: template }], { agents: ['AgentTask'], proxies: ['ProxyTask'] });
  REPORTS.set(template, one);
  return one;
}

/** One template under the claims it is about: what the proof says beside what the simulator does. */
function compare({ template, claims }: Sample, counts: Map<string, number>): void {
  for (const claim of claims) {
    const verdict = verdictOf(template, claim);
    const leak = simulate(template, claim);
    expect([claim, verdict]).toEqual([claim, expect.any(String)]);
    if (verdict === 'closed' && leak) throw new Error(`${claim} is said to be closed, but ${leak.what}`);
    const way = leak === undefined ? 'no leak' : leak.always ? 'leak' : 'leak in some worlds';
    const key = `${claim} ${String(verdict)} ${way}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}

test(`never says closed of what a simulated agent gets through (${RUNS} templates, seed ${SEED})`, () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(samples, (sample) => compare(sample, counts)),
    { numRuns: RUNS, seed: SEED },
  );
  const lines = [...counts].sort().map(([key, count]) => `${key}: ${count}`);
  process.stdout.write(`oracle, ${RUNS} templates, seed ${SEED}\n${lines.join('\n')}\n`);
  // Both answers are frequent under each claim, or agreement would say nothing.
  for (const claim of SIMULATED)
    for (const agreed of [`${claim} closed no leak`, `${claim} open leak`])
      expect([agreed, (counts.get(agreed) ?? 0) > RUNS / 200]).toEqual([agreed, true]);
}, 3_600_000);

test.each(CASES.map((one) => [one.name, one] as const))('%s', (_, { template, claim, leaks, verdict }) => {
  expect(simulate(template, claim) !== undefined).toBe(leaks);
  expect(verdictOf(template, claim)).toBe(verdict);
});

test('the oracle takes nothing of the proof but its answer', () => {
  const sources = readdirSync(__dirname).filter((name) => name !== 'agree.test.ts');
  const borrowed = sources.filter((name) =>
    /^import (?!type ).*\/lib\//m.test(readFileSync(join(__dirname, name), 'utf8')),
  );
  expect(sources.length).toBeGreaterThan(5);
  expect(borrowed).toEqual([]);
});
