import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { ACCEPTED } from './accepted-findings';
import { EXAMPLES } from './example-stacks';

const PACKS = {
  AwsSolutions: AwsSolutionsChecks,
  'HIPAA.Security': HIPAASecurityChecks,
  'NIST.800.53.R5': NIST80053R5Checks,
  'PCI.DSS.321': PCIDSS321Checks,
} as const;
const NAMES = Object.keys(PACKS) as (keyof typeof PACKS)[];

/** Findings of a pack in an example, each as its rule without the pack's name and without logical ids. */
function findings(name: keyof typeof PACKS, example: string): string[] {
  // Each example made the App that is its stack's root.
  const app = EXAMPLES[example]?.node.root as App;
  const { violations } = new PACKS[name](app).validateScope(app);
  return violations.map(({ ruleName }) =>
    ruleName.slice(name.length + 1).replaceAll(/<[A-Za-z0-9]+[0-9A-F]{8}>/g, '<id>'),
  );
}

const found = Object.keys(EXAMPLES).flatMap((example) =>
  NAMES.map((name) => ({ name, example, rules: findings(name, example) })),
);

test.each(found)('$name finds in $example only what is accepted, each with a reason', ({ rules }) => {
  expect(rules.filter((rule) => !Object.hasOwn(ACCEPTED, rule))).toEqual([]);
  expect(rules.length).toBeGreaterThan(0);
});

test('no reason stands for a finding that is gone', () => {
  const all = new Set(found.flatMap(({ rules }) => rules));
  expect(Object.keys(ACCEPTED).filter((rule) => !all.has(rule))).toEqual([]);
});
