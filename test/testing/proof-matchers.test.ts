import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import '../../lib/testing';
import { agentStack } from '../aws/stack';
import { UDP_OUT, closedCell, finding, group, judged, nat, propertiesOf, type Resources } from '../proof/templates';

// The library's own validator takes seconds to start.
process.env.CDK_VALIDATION = 'false';

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-confine-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const silent = closedCell();
propertiesOf(silent, 'Vpc').EnableDnsSupport = false;
const closed = { Resources: silent };
const open = { Resources: { ...silent, ...nat(), Group: group([UDP_OUT]) } };
const named = structuredClone(silent);
propertiesOf(named, 'Service').NetworkConfiguration = {
  AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: [{ Ref: 'Group' }], AssignPublicIp: 'DISABLED' },
};
const unproven = { Resources: named };

test('toConfine holds of our own stack as the CDK makes it, by the construct’s id', () => {
  const { stack, agent } = agentStack();
  expect(Template.fromStack(stack)).toConfine(agent.node.id);
});

test('it tells a closed template from an open one, by the task’s id, its service’s, and without any', () => {
  for (const agent of ['Task', 'Service', undefined]) {
    expect(closed).toConfine(agent);
    expect(open).not.toConfine(agent);
  }
});

test('the failure names the path hop by hop, the change that closes it and the finding’s id', () => {
  const { id } = finding(judged(open.Resources as Resources), 'ip', 'IPv4');
  const message = failureOf(() => expect(open).toConfine('Task'));
  expect(message).toContain('expected the template to confine Task, got 1 open and 0 unproven');
  expect(message).toContain('open: ip, Task → the internet (IPv4): packets reach');
  expect(message).toContain('  from Service  (NetworkConfiguration)\n    → Group  (SecurityGroupEgress[0]');
  expect(message).toContain(`  change: remove the rule Group SecurityGroupEgress[0]\n  id: ${id}`);
});

test('a fact that is missing fails toConfine and .not alike, and is named', () => {
  expect(failureOf(() => expect(unproven).toConfine('Task'))).toContain("(assume 'endpoints(subnet-1)')");
  expect(failureOf(() => expect(unproven).not.toConfine('Task'))).toContain(
    'expected the template not to confine Task, got none shown open, only facts missing',
  );
  expect(failureOf(() => expect(closed).not.toConfine('Task'))).toContain('got every finding closed or accepted');
});

test('facts and accepted findings are taken as prove() takes them', () => {
  const { id, workload, claim, destination } = finding(judged(open.Resources as Resources), 'ip', 'IPv4');
  const entry = { id, workload, claim, destination, reason: 'until the mirror stands', until: '2027-01-31' };
  const baseline = { baseline: 1, accepted: [entry] };
  expect(open).toConfine('Task', { baseline, today: '2027-01-31' });
  expect(open).not.toConfine('Task', { baseline, today: '2027-02-01' });
  expect(failureOf(() => expect(closed).toConfine('Task', { baseline, today: '2027-01-31' }))).toContain(
    `stale in the baseline: ${id}: no finding is this one`,
  );
});

test('it takes a cloud assembly, its directory, one file, and text', () => {
  const app = new App({ outdir: join(directory, 'cdk.out') });
  new CfnResource(new Stack(app, 'Other'), 'Topic', { type: 'AWS::SNS::Topic' });
  const assembly = app.synth();
  writeFileSync(join(assembly.directory, 'Agent.template.json'), JSON.stringify(open));
  const file = join(directory, 'one.json');
  writeFileSync(file, JSON.stringify(open));
  for (const received of [assembly, assembly.directory, file, JSON.stringify(open)])
    expect(received).not.toConfine('Task');
  writeFileSync(join(assembly.directory, 'Agent.template.json'), JSON.stringify(closed));
  writeFileSync(file, JSON.stringify(closed));
  for (const received of [assembly, assembly.directory, file, JSON.stringify(closed)])
    expect(received).toConfine('Task');
});

const two = { Resources: { ...silent, AgentOne: silent.Task, AgentTwo: silent.Task } };
mkdirSync(join(directory, 'none'));

test.each([
  ['an agent that isn’t there', closed, 'Nobody', 'expected an agent Nobody in the template: there are Task'],
  ['a beginning that two have', two, 'Agent', 'expected one agent Agent, got AgentOne and AgentTwo'],
  ['a template without any', { Resources: {} }, undefined, 'expected an agent in the template: there is none'],
  ['no template', {}, 'Task', 'expected an object "Resources", got none'],
  ['a number', 7, 'Task', 'expected a template: a CDK Template or cloud assembly'],
  ['a path of nothing', '/nowhere/cdk.out', 'Task', 'got "/nowhere/cdk.out", where nothing is'],
  ['a directory without templates', join(directory, 'none'), 'Task', 'without a *.template.json or cdk.tf.json'],
  ['text that is no JSON', '{ Resources', 'Task', 'got the text, which isn’t JSON'],
])('%s is a sentence, never a pass', (_what, received, agent, message) => {
  expect(failureOf(() => expect(received).toConfine(agent))).toContain(message);
  expect(failureOf(() => expect(received).not.toConfine(agent))).toContain(message);
});

/** What an expectation says when it fails; fails itself when it doesn't. */
function failureOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return String((error as { message?: unknown }).message);
  }
  throw new Error('the expectation held');
}
