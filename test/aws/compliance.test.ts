import { type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { ACCEPTED } from './accepted-findings';
import { agentStack } from './stack';

const PACKS = {
  AwsSolutions: [AwsSolutionsChecks, 8],
  'HIPAA.Security': [HIPAASecurityChecks, 8],
  'NIST.800.53.R5': [NIST80053R5Checks, 8],
  'PCI.DSS.321': [PCIDSS321Checks, 6],
} as const;
// `stack` made the App that is its root.
const app = agentStack().stack.node.root as App;

/** Findings of a pack, each as its rule without the pack's name. */
function findings(name: keyof typeof PACKS): string[] {
  const [Pack] = PACKS[name];
  return new Pack(app).validateScope(app).violations.map(({ ruleName }) => ruleName.slice(name.length + 1));
}

test.each(Object.keys(PACKS) as (keyof typeof PACKS)[])(
  '%s finds only what is accepted, each with a reason',
  (name) => {
    const found = findings(name);
    expect(found.filter((rule) => !Object.hasOwn(ACCEPTED, rule))).toEqual([]);
    expect(found).toHaveLength(PACKS[name][1]);
  },
);

test('no reason stands for a finding that is gone', () => {
  const found = new Set((Object.keys(PACKS) as (keyof typeof PACKS)[]).flatMap(findings));
  expect(Object.keys(ACCEPTED).filter((rule) => !found.has(rule))).toEqual([]);
});
