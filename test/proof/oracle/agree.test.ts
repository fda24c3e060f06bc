import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prove, type ClaimId, type Verdict, worst } from '../../../lib/proof';
import { agree, RUNS, SEED } from './agreement';
import { BEYOND_CASES } from './beyond-cases';
import { CASES } from './cases';
import { samples } from './generate';
import { SIMULATED, simulate } from './simulate';
import type { Template } from './world';

/** What the proof says of the agent; `undefined` where a claim has no finding at all. */
function verdictOf(template: Template, claim: ClaimId): Verdict | undefined {
  const found = report(template).findings.filter(
    ({ workload, claim: of }) => workload === judged(claim) && of === claim,
  );
  return found.length === 0 ? undefined : worst(found.map(({ verdict }) => verdict));
}

const judged = (claim: ClaimId) => ({ proxy: 'ProxyTask', tool: 'ToolTask' })[claim as string] ?? 'AgentTask';

const REPORTS = new WeakMap<Template, ReturnType<typeof prove>>();
function report(template: Template): ReturnType<typeof prove> {
  const known = REPORTS.get(template);
  const one =
    known ?? prove([{ name: 'template.json', document: template }], { agents: ['AgentTask'], proxies: ['ProxyTask'] });
  REPORTS.set(template, one);
  return one;
}

test(`never says closed of what a simulated agent gets through (${RUNS} templates, seed ${SEED})`, () => {
  agree(
    {
      name: 'oracle',
      samples,
      verdictOf: ({ template }, claim) => verdictOf(template, claim),
      simulate: ({ template }, claim) => simulate(template, claim),
    },
    SIMULATED,
  );
}, 3_600_000);

test.each([...CASES, ...BEYOND_CASES].map((one) => [one.name, one] as const))(
  '%s',
  (_, { template, claim, leaks, verdict }) => {
    expect(simulate(template, claim) !== undefined).toBe(leaks);
    expect(verdictOf(template, claim)).toBe(verdict);
  },
);

test('the oracle takes nothing of the proof but its answer', () => {
  const sources = readdirSync(__dirname).filter((name) => name !== 'agree.test.ts');
  const borrowed = sources.filter((name) =>
    /^import (?!type ).*\/lib\//m.test(readFileSync(join(__dirname, name), 'utf8')),
  );
  expect(sources.length).toBeGreaterThan(5);
  expect(borrowed).toEqual([]);
});
