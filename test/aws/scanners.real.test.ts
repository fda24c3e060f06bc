import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationValidatePlugin } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { compare, EXACT, type Finding } from '../scanners/finding';
import { cfnLint, checkov, reasonToSkip } from '../scanners/run-scanner';
import { OF_CFN_LINT, OF_CHECKOV } from './accepted-scans';
import { EXAMPLES } from './example-stacks';
import { breaking, UNSAFE } from './unsafe-templates';

const GUARD = readFileSync(join(__dirname, '../../docs/agent.guard'), 'utf8');
const RULES = [...GUARD.matchAll(/^rule (\w+)/gm)].map(([, name]) => name ?? '');

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-scan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Each template in a file of its name, with one beside them that every scanner must complain of. */
const templates: Readonly<Record<string, object>> = {
  ...Object.fromEntries(Object.entries(EXAMPLES).map(([name, stack]) => [name, Template.fromStack(stack).toJSON()])),
  unsafe: UNSAFE,
};
function write(name: string, template: object, folder = directory): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(template, undefined, 1));
  return file;
}
const files = Object.entries(templates).map(([name, template]) => write(name, template));
const ofExamples = (found: readonly Finding[]) => found.filter(({ example }) => example !== 'unsafe');
const rulesOf = (found: readonly Finding[], name: string) =>
  found.filter(({ example }) => example === name).map(({ rule }) => rule);

const title = `scanners over every example${reasonToSkip ? `: ${reasonToSkip}` : ''}`;
(reasonToSkip ? describe.skip : describe)(title, () => {
  let found: { readonly lint: readonly Finding[]; readonly checkov: readonly Finding[] };
  beforeAll(async () => {
    // At the same time: each is one process on one core.
    const [lint, check] = await Promise.all([cfnLint(files), checkov(directory, 'cloudformation')]);
    found = { lint, checkov: check };
  }, 600_000);

  test('cfn-lint finds in the examples only what is accepted, each with a reason', () => {
    expect(compare(ofExamples(found.lint), OF_CFN_LINT)).toEqual(EXACT);
  });

  test('checkov finds in the examples only what is accepted, each with a reason', () => {
    expect(compare(ofExamples(found.checkov), OF_CHECKOV)).toEqual(EXACT);
  });

  test('each of them sees a fault that is planted beside the examples', () => {
    expect(new Set(found.checkov.map(({ example }) => example))).toEqual(new Set(Object.keys(templates)));
    expect(rulesOf(found.lint, 'unsafe')).toContain('E3002');
    expect(rulesOf(found.checkov, 'unsafe')).toContain('CKV_AWS_24');
  });
});

describe('the validator of CloudFormation, with the Guard rules of docs/agent.guard', () => {
  const minimal = templates['aws-minimal'] ?? {};
  const broken = Object.fromEntries(RULES.map((rule) => [`broken-${rule}`, breaking(minimal, rule)]));
  const elsewhere = mkdtempSync(join(tmpdir(), 'anchorhold-guard-'));
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));
  let found: readonly Finding[];
  beforeAll(() => {
    const judged = { ...templates, ...broken };
    found = validate(Object.entries(judged).map(([name, template]) => [name, write(name, template, elsewhere)]));
  }, 600_000);

  test('finds nothing in any example', () => {
    expect(found.filter(({ example }) => example.startsWith('aws-'))).toEqual([]);
  });

  test('sees a property that no resource has', () => {
    expect(rulesOf(found, 'unsafe').length).toBeGreaterThan(0);
  });

  test.each(RULES)('%s fails when the template breaks it, and no other rule of ours does', (rule) => {
    expect([...new Set(rulesOf(found, `broken-${rule}`).filter((one) => RULES.includes(one)))]).toEqual([rule]);
  });
});

/** The engine takes seconds to start: all templates at once. */
function validate(named: readonly (readonly [string, string])[]): Finding[] {
  const plugin = new CloudFormationValidatePlugin({ guardRules: [{ name: 'agent.guard', content: GUARD }] });
  const stackTemplates = named.map(([name, templatePath]) => ({ stackConstructPath: name, templatePath }));
  // What else a context holds is read by plugins that look at constructs, which this one doesn't.
  const context = { stackTemplates } as unknown as Parameters<typeof plugin.validate>[0];
  return plugin.validate(context).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ templatePath, resourceLogicalId }) => ({
      rule: ruleName,
      example: named.find(([, path]) => path === templatePath)?.[0] ?? '',
      resource: resourceLogicalId ?? '',
    })),
  );
}
