import fc from 'fast-check';
import {
  CLAIM_IDS,
  type ClaimId,
  prove,
  type ProveOptions,
  type Report,
  type Verdict,
  worst,
} from '../../../lib/proof';
import { holed, HOLES } from '../holes';
import { MUTATIONS } from '../mutations';
import { samples } from '../oracle/generate';
import { referenceStack } from '../reference-stack';
import { sealedCell } from '../sealed-cell';
import { written } from './forms';
import { unwritten, writeTerraform } from './write-terraform';
import type { Written } from './write-value';

type Resources = Readonly<Record<string, Written>>;
const RUNS = Number(process.env.PROOF_TERRAFORM ?? 150);
const SEED = process.env.PROOF_TERRAFORM ? {} : { seed: 20261124 };
const ORDER: readonly Verdict[] = ['closed', 'unproven', 'open'];

function verdictsOf({ findings }: Report): Partial<Record<ClaimId, Verdict>> {
  return Object.fromEntries(
    CLAIM_IDS.map(
      (claim) => [claim, findings.filter((one) => one.claim === claim).map(({ verdict }) => verdict)] as const,
    )
      .filter(([, all]) => all.length > 0)
      .map(([claim, all]) => [claim, worst(all)]),
  );
}

function terraform(resources: Resources, options: ProveOptions = {}): Report {
  return prove([{ name: 'cdk.tf.json', document: written(writeTerraform(resources)) }], options);
}

function cloudFormation(resources: Resources): Report {
  return prove([{ name: 'template.json', document: { Resources: resources } }]);
}

/** Claims of which the second knows more than the first. */
function better(first: Report, second: Report): string[] {
  const [before, after] = [verdictsOf(first), verdictsOf(second)];
  return CLAIM_IDS.flatMap((claim) => {
    const [one = 'closed', two = 'closed'] = [before[claim], after[claim]];
    return ORDER.indexOf(two) < ORDER.indexOf(one) ? [`${claim}: ${one}, then ${two}`] : [];
  });
}

const CELLS: Readonly<Record<string, Resources>> = { 'our stack': referenceStack(), 'the smallest cell': sealedCell() };

test.each(Object.entries(CELLS))('%s is closed in both writings', (_, resources) => {
  expect(verdictsOf(terraform(resources))).toEqual(verdictsOf(cloudFormation(resources)));
  expect(terraform(resources).verdict).toBe('closed');
  // Nothing is left out but what changes how many there are.
  expect(unwritten(resources).filter((type) => !type.includes('ApplicationAutoScaling'))).toEqual([]);
});

test('every protection of our stack, taken away, turns the same claims in both writings', () => {
  const resources = referenceStack();
  const without = MUTATIONS.filter(({ protection }) => protection !== 'no macro rewrites the template').map((one) => {
    const changed = structuredClone(resources);
    one.remove(changed);
    return [one.protection, verdictsOf(cloudFormation(changed)), verdictsOf(terraform(changed))] as const;
  });
  expect(without.map(([protection, , verdicts]) => [protection, verdicts])).toEqual(
    without.map(([protection, verdicts]) => [protection, verdicts]),
  );
});

test('every hole of the smallest cell is one in both writings', () => {
  // A hole made by a type that the writer leaves out is none in its writing.
  const both = HOLES.filter((hole) => unwritten(holed(hole)).length === 0);
  expect(both.length).toBeGreaterThan(100);
  const found = both.flatMap((hole) => {
    const resources = holed(hole);
    const claims = better(cloudFormation(resources), terraform(resources));
    return claims.filter((text) => text.startsWith(`${hole.claim}:`)).map((text) => `${hole.hole}: ${text}`);
  });
  expect(found).toEqual([]);
});

test('networks, names, keys and grants made at random are judged as their templates are, or more carefully', () => {
  const ids = (prefix: string): ProveOptions => ({ agents: [`${prefix}AgentTask`], proxies: [`${prefix}ProxyTask`] });
  const counts = { same: 0, careful: 0 };
  fc.assert(
    fc.property(samples, (sample) => {
      // A sample holds settings that are undefined; a document can’t.
      const template = JSON.parse(JSON.stringify(sample.template)) as typeof sample.template;
      const one = prove([{ name: 'template.json', document: template }], ids(''));
      const two = terraform(template.Resources, ids('aws_ecs_task_definition.'));
      // A text of which one part isn’t known, or that looks as if it weren’t, is none that Terraform knows before it is applied.
      const isVague = /"Fn::If"|"Fn::ImportValue"|"Ref":"Trusted"|\$\{aws:/.test(JSON.stringify(template.Resources));
      const known = better(one, two).filter((text) => !(isVague && text.endsWith('open, then unproven')));
      expect(known).toEqual([]);
      counts[better(two, one).length === 0 ? 'same' : 'careful']++;
    }),
    { numRuns: RUNS, ...SEED },
  );
  // A translation that knows nothing would pass too.
  expect(counts.same).toBeGreaterThan(RUNS * 0.8);
});
