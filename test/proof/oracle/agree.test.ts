import fc from 'fast-check';
import { prove, type ClaimId, type Verdict, worst } from '../../../lib/proof';
import { CASES, isKnownHole } from './cases';
import { templates } from './generate';
import { SIMULATED, simulate } from './simulate';
import type { Template } from './world';

/** A full run: `ANCHORHOLD_TEMPLATES=50000 npx jest test/proof/oracle`. */
const RUNS = Number(process.env.ANCHORHOLD_TEMPLATES ?? 300);
const SEED = Number(process.env.ANCHORHOLD_SEED ?? Date.now() % 2 ** 31);

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

/** One template under every claim: what the proof says beside what the simulator does. */
function compare(template: Template, counts: Map<string, number>): void {
  const leaks = simulate(template);
  for (const claim of SIMULATED) {
    const verdict = verdictOf(template, claim);
    const leak = leaks[claim];
    expect(verdict).toBeDefined();
    if (verdict === 'closed' && leak && !isKnownHole(template, claim))
      throw new Error(`${claim} is said to be closed, but ${leak.what}`);
    const key = `${claim} ${String(verdict)} ${leak === undefined ? 'no leak' : leak.always ? 'leak' : 'leak in some worlds'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}

test(`never says closed of what a simulated agent gets through (${RUNS} templates, seed ${SEED})`, () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(templates, (template) => compare(template, counts)),
    { numRuns: RUNS, seed: SEED },
  );
  const lines = [...counts].sort().map(([key, count]) => `${key}: ${count}`);
  process.stdout.write(`oracle, ${RUNS} templates, seed ${SEED}\n${lines.join('\n')}\n`);
  for (const claim of SIMULATED) {
    // Both answers are frequent, or agreement would say nothing.
    expect([claim, (counts.get(`${claim} closed no leak`) ?? 0) > RUNS / 50]).toEqual([claim, true]);
    expect([claim, (counts.get(`${claim} open leak`) ?? 0) > RUNS / 50]).toEqual([claim, true]);
  }
}, 3_600_000);

test.each(CASES.map((one) => [one.name, one] as const))('%s', (_, { template, claim, leaks, verdict }) => {
  expect(simulate(template)[claim] !== undefined).toBe(leaks);
  expect(verdictOf(template, claim)).toBe(verdict);
});
