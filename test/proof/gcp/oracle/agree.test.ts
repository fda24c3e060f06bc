import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClaimId, prove, type Report, type Verdict, worst } from '../../../../lib/proof';
import { agree, RUNS, SEED } from '../../oracle/agreement';
import { CASES } from './cases';
import { samples } from './generate';
import { PROXY_CASES } from './proxy-cases';
import { SIMULATED, simulate } from './simulate';

const REPORTS = new WeakMap<object, Report>();

const judged = (claim: ClaimId) => ({ proxy: '.proxy', tool: '.tool' })[claim as string] ?? '.agent';

/** What the proof says of the agent, the proxy or the tool; `undefined` where a claim has no finding at all. */
function verdictOf(seen: object, claim: ClaimId): Verdict | undefined {
  const report = REPORTS.get(seen) ?? prove([{ name: 'stack', document: seen }]);
  REPORTS.set(seen, report);
  const found = report.findings.filter(({ workload, claim: of }) => workload.endsWith(judged(claim)) && of === claim);
  return found.length === 0 ? undefined : worst(found.map(({ verdict }) => verdict));
}

test(`never says closed of what a simulated agent on Google Cloud gets through (${RUNS} documents, seed ${SEED})`, () => {
  agree(
    {
      name: 'oracle of Google Cloud',
      samples,
      verdictOf: ({ seen }, claim) => verdictOf(seen, claim),
      simulate: ({ document }, claim) => simulate(document, claim),
    },
    SIMULATED,
  );
}, 3_600_000);

test.each([...CASES, ...PROXY_CASES].map((one) => [one.name, one] as const))(
  '%s',
  (_, { document, seen, claim, leaks, verdict }) => {
    expect([simulate(document, claim) !== undefined, verdictOf(seen, claim)]).toEqual([leaks, verdict]);
  },
);

test('this oracle takes nothing of the proof but its answer', () => {
  const sources = readdirSync(__dirname).filter((name) => name !== 'agree.test.ts');
  const borrowed = sources.filter((name) =>
    /^import (?!type ).*\/lib\//m.test(readFileSync(join(__dirname, name), 'utf8')),
  );
  expect(sources.length).toBeGreaterThan(5);
  expect(borrowed).toEqual([]);
});
