import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { agent as bedrock } from '../../examples/aws-bedrock/app';
import { stack as existing, task as existingTask } from '../../examples/aws-existing/app';
import { agent as minimal } from '../../examples/aws-minimal/app';
import { stack as multiTenant } from '../../examples/aws-multi-tenant/app';
import { coderTask, stack as twoAgents, writerTask } from '../../examples/aws-two-agents/app';
import { stack as toolServer } from '../../examples/aws-tool-server/app';
import { unpackFiles } from '../../lib/aws';
import { compile } from '../../lib/envoy';
import { prove } from '../../lib/proof';
import { carriedFiles, resourcesOf } from './stack';

// The library's own validator takes seconds to start; the real suite runs the command with it.
process.env.CDK_VALIDATION = 'false';

const stacks = {
  minimal: Stack.of(minimal),
  bedrock: Stack.of(bedrock),
  existing,
  'multi-tenant': multiTenant,
  'two agents': twoAgents,
  'tool server': toolServer,
};

test('the minimal example makes a whole stack that carries its policy, and an empty secret for each name', () => {
  const template = Template.fromStack(Stack.of(minimal));
  expect(unpackFiles(carriedFiles(template))).toEqual(compile(minimal.proxy.policy).files);
  expect(Object.keys(minimal.proxy.task.secrets.byName)).toEqual(['anthropic-key', 'git-token']);
  expect(resourcesOf(template, 'AWS::SecretsManager::Secret')).toHaveLength(3); // and the authority's seed
});

test.each(['minimal', 'bedrock', 'multi-tenant', 'two agents', 'tool server'] as const)(
  'the example %s is proved closed, with every agent in it known',
  (name) => {
    const report = prove([{ name, document: Template.fromStack(stacks[name]).toJSON() }]);
    expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
    expect(report.workloads.filter(({ kind, known }) => kind === 'agent' && known === 'marked')).toHaveLength(
      name === 'two agents' ? 2 : 1,
    );
  },
);

test('in a network made elsewhere nothing is open, and what is not known of it is said', () => {
  const report = prove([{ name: 'existing', document: Template.fromStack(existing).toJSON() }]);
  expect(report.findings.filter(({ verdict }) => verdict === 'open')).toEqual([]);
  expect(report.verdict).toBe('unproven');
  const warnings = existingTask.network.node.metadata.map(({ data }) => String(data));
  expect(warnings.join()).toContain('this network was made elsewhere; see that its route tables lead nowhere');
});

describe('what the owner of the existing network states', () => {
  const readme = readFileSync(join(__dirname, '../../examples/aws-existing/README.md'), 'utf8');
  const stated = [...readme.matchAll(/--assume '([^']+)'/g)].map((match) => match[1] ?? '');
  const judged = (assume: readonly string[]) =>
    prove([{ name: 'existing', document: Template.fromStack(existing).toJSON() }], { assume });

  test('is every fact that the proof asks for, and no other', () => {
    const asked = judged([]).findings.flatMap(({ missing = [] }) => missing.map(({ id }) => id));
    expect([...stated].sort()).toEqual([...new Set(asked)].sort());
  });

  test('closes the proof, and is named in it', () => {
    const { verdict, assumed, unusedAssumptions } = judged(stated);
    expect({ verdict, assumed, unusedAssumptions }).toEqual({
      verdict: 'closed',
      assumed: [...stated].sort(),
      unusedAssumptions: [],
    });
  });

  test.each(stated)('is unproven without %s', (fact) => {
    expect(judged(stated.filter((one) => one !== fact)).verdict).toBe('unproven');
  });

  test('is named when a verdict no longer needs it', () => {
    const { verdict, unusedAssumptions } = judged([...stated, 'routes(subnet-replaced)']);
    expect({ verdict, unusedAssumptions }).toEqual({
      verdict: 'closed',
      unusedAssumptions: ['routes(subnet-replaced)'],
    });
  });
});

test('each of two agents reaches its own window and not the other', () => {
  const template = Template.fromStack(twoAgents);
  const reached = (task: typeof coderTask) => {
    const group = JSON.stringify(twoAgents.resolve(task.securityGroup.securityGroupId));
    const rules = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress');
    const own = rules.filter(({ Properties }) => JSON.stringify(Properties.GroupId) === group);
    return [...new Set(own.map(({ Properties }) => JSON.stringify(Properties.DestinationSecurityGroupId ?? null)))];
  };
  expect(reached(coderTask).filter((target) => target.includes('CoderWindow'))).toHaveLength(1);
  expect(reached(coderTask).filter((target) => target.includes('WriterWindow'))).toEqual([]);
  expect(reached(writerTask).filter((target) => target.includes('CoderWindow'))).toEqual([]);
});

test.each(Object.entries(stacks))('the example %s has no secret, no account and at most 500 resources', (_, stack) => {
  const template = Template.fromStack(stack).toJSON();
  expect(JSON.stringify(template)).not.toMatch(/(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/);
  expect(Object.keys(template['Resources'] as object).length).toBeLessThan(200);
  // Its root is the App that app.ts made.
  expect((stack.node.root as App).node.children).toContain(stack);
});
