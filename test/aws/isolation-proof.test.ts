import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IPolicyValidationContext } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IsolationProof, type IsolationProofProps } from '../../lib/aws';
import { definePolicy } from '../../lib/policy';
import { baselineOf, prove } from '../../lib/proof';
import { stack as compute } from '../../examples/aws-compute/app';
import { agentStack } from './stack';

process.env.CDK_VALIDATION = 'false';

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-proof-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const { stack, agent } = agentStack();
const sound = Template.fromStack(stack).toJSON();

/** What the plugin says of a template as it would lie in cdk.out. */
function judged(template: object, props: IsolationProofProps = {}) {
  const path = join(directory, 'Test.template.json');
  writeFileSync(path, JSON.stringify(template));
  // The plugin reads the paths alone, which is all that every version of the library gives.
  return new IsolationProof(props).validate({ templatePaths: [path] } as unknown as IPolicyValidationContext);
}

test('finds nothing in the template as it is built', () => {
  expect(judged(sound)).toEqual({ success: true, violations: [] });
});

test('fails a template in which someone gave the agent a way to another network, and says which rule it is', () => {
  const { success, violations } = judged(withAnotherWay());
  expect(success).toBe(false);
  expect(violations.map(({ ruleName, severity }) => `${ruleName} ${severity}`)).toContainEqual(
    expect.stringMatching(/^isolation-(open|unproven) error$/),
  );
  expect(JSON.stringify(violations)).toContain('Nat DestinationCidrBlock 0.0.0.0/0');
});

test('an accepted finding is no violation; an entry that is out of date is one', () => {
  const { findings } = prove([{ name: 'Test.template.json', document: withAnotherWay() }]);
  const { accepted } = baselineOf(findings);
  const baseline = { baseline: 1, accepted: accepted.map((one) => ({ ...one, reason: 'until the mirror stands' })) };
  expect(accepted.length).toBeGreaterThan(0);
  expect(judged(withAnotherWay(), { baseline })).toEqual({ success: true, violations: [] });
  const stale = judged(sound, { baseline });
  expect(stale.success).toBe(false);
  expect(new Set(stale.violations.map(({ ruleName }) => ruleName))).toEqual(new Set(['isolation-baseline']));
});

test('a baseline that can’t be read, or a template that is none, fails', () => {
  const unread = { success: false, violations: [{ ruleName: 'isolation-unread' }] };
  expect(judged(sound, { baseline: { baseline: 2, accepted: [] } })).toMatchObject(unread);
  expect(judged({})).toMatchObject(unread);
});

test('takes agents that are no ECS tasks: what no template says of a MicroVM is asked for, and may be stated', () => {
  const template = Template.fromStack(compute).toJSON();
  const { violations } = judged(template);
  expect(violations.map(({ ruleName }) => ruleName)).toEqual(['isolation-unproven']);
  const fact = /microvm-names\(\w+\)/.exec(JSON.stringify(violations))?.[0] ?? '';
  expect(judged(template, { assume: [fact] })).toEqual({ success: true, violations: [] });
});

test('what the proxy may dial is read from the policies that are given', () => {
  const [group] = agent.proxy.connections.securityGroups;
  const Properties = {
    GroupId: stack.resolve(group?.securityGroupId) as unknown,
    ...{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443 },
  };
  const copy = structuredClone(sound) as { Resources: Record<string, object> };
  copy.Resources.Further = { Type: 'AWS::EC2::SecurityGroupEgress', Properties };
  const upstreams = [{ host: 'files.example.com', port: 8443, rules: 'any' as const }];
  const policies = [definePolicy({ policy: 1, name: 'coder', upstreams })];
  expect(judged(copy)).toMatchObject({ success: false, violations: [{ ruleName: 'isolation-open' }] });
  expect(judged(copy, { policies })).toEqual({ success: true, violations: [] });
  expect(judged(copy, { proxyPorts: [443, 8443] })).toEqual({ success: true, violations: [] });
});

function withAnotherWay(): object {
  const table: unknown = stack.resolve(agent.network.vpc.isolatedSubnets[0]?.routeTable.routeTableId);
  const properties = {
    RouteTableId: table,
    DestinationCidrBlock: '0.0.0.0/0',
    TransitGatewayId: 'tgw-0123456789abcdef0',
  };
  const route = { Type: 'AWS::EC2::Route', Properties: properties };
  return { ...sound, Resources: { ...sound['Resources'], Nat: route } };
}
