import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { compare, EXACT, type Finding } from '../scanners/finding';
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
function findings(name: keyof typeof PACKS, example: string): Finding[] {
  // Each example made the App that is its stack's root.
  const app = EXAMPLES[example]?.node.root as App;
  const { violations } = new PACKS[name](app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({
      rule: ruleName.slice(name.length + 1).replaceAll(/<[A-Za-z0-9]+[0-9A-F]{8}>/g, '<id>'),
      example: `${example} by ${name}`,
      resource: resourceName(constructPath ?? ''),
    })),
  );
}

/** As the logical id begins: the path below the stack, without the L1's own name. */
function resourceName(path: string): string {
  const [, ...names] = path.split('/').filter((one) => one !== 'Resource');
  return names.join('').replaceAll(/[^A-Za-z0-9]/g, '');
}

const found = NAMES.map((name) => [name, Object.keys(EXAMPLES).flatMap((example) => findings(name, example))] as const);

test.each(found)('%s finds in the examples only what is accepted, each with a reason', (_, ofPack) => {
  expect(compare(ofPack, ACCEPTED).unexplained).toEqual([]);
  expect(new Set(ofPack.map(({ example }) => example)).size).toBe(Object.keys(EXAMPLES).length);
});

test('no reason stands for a finding that is gone', () => {
  expect(
    compare(
      found.flatMap(([, ofPack]) => ofPack),
      ACCEPTED,
    ),
  ).toEqual(EXACT);
});
