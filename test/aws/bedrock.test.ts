import { Template } from 'aws-cdk-lib/assertions';
import { definePolicy } from '../../lib/policy';
import { agentStack, asList, asObject, container, resourcesOf } from './stack';

const bedrock = (more: object) =>
  definePolicy({
    policy: 1,
    name: 'bedrock',
    upstreams: [
      {
        host: 'bedrock-runtime.us-east-1.amazonaws.com',
        prefix: '/bedrock',
        credential: { sigv4: { service: 'bedrock', region: 'us-east-1' } },
        rules: ['POST /model/us.anthropic.claude-x/invoke', 'POST /model/amazon.nova-x/converse-stream'],
        ...more,
      },
    ],
  });
const { stack, agent } = agentStack({ policy: bedrock({ addresses: ['10.0.0.0/24'] }) });
const template = Template.fromStack(stack);

test('has no internet anywhere: no gateway, no NAT, no public subnet, no way to an address range', () => {
  for (const type of ['AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::EIP', 'AWS::EC2::Route'])
    expect(resourcesOf(template, type)).toEqual([]);
  const open = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress').filter(({ Properties }) => Properties.CidrIp);
  expect(open).toEqual([]);
});

test('gives the proxy’s role the actions and models that the rules name, no more', () => {
  const statements = resourcesOf(template, 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => asList(asObject(Properties.PolicyDocument).Statement).map(asObject))
    .filter(({ Action }) => String(Action).startsWith('bedrock:'));
  const seen = statements.map(({ Action, Resource }) => [Action, JSON.stringify(Resource).replaceAll('"', '')]);
  expect(seen).toHaveLength(2);
  const [stream, invoke] = seen;
  expect(invoke?.[0]).toBe('bedrock:InvokeModel');
  expect(invoke?.[1]).toMatch(/:bedrock:us-east-1:.*:inference-profile\/us\.anthropic\.claude-x/);
  expect(invoke?.[1]).toMatch(/:bedrock:\*::foundation-model\/anthropic\.claude-x/);
  expect(invoke?.[1]).not.toContain('nova');
  expect(stream?.[0]).toBe('bedrock:InvokeModelWithResponseStream');
  expect(stream?.[1]).toMatch(/:bedrock:us-east-1::foundation-model\/amazon\.nova-x/);
});

test('gives the agent no credentials of AWS but placeholders, and no base URL but the proxy’s', () => {
  const variables = asList(container(template, 'agent').Environment).map(asObject);
  const named = (name: string) => JSON.stringify(variables.find(({ Name }) => Name === name)?.Value);
  expect(named('AWS_SECRET_ACCESS_KEY')).toBe('"placeholder-the-proxy-holds-the-real-one"');
  expect(named('CLAUDE_CODE_USE_BEDROCK')).toBe('"1"');
  expect(named('ANTHROPIC_BEDROCK_BASE_URL')).toContain(':8080/bedrock');
  expect(agent.proxy.policy.name).toBe('bedrock');
});

test('opens an endpoint of Bedrock to those calls of our own principals', () => {
  const endpoints = resourcesOf(template, 'AWS::EC2::VPCEndpoint').filter(({ Properties }) =>
    JSON.stringify(Properties.ServiceName).includes('bedrock-runtime'),
  );
  expect(endpoints).toHaveLength(1);
  const policy = JSON.stringify(endpoints[0]?.Properties.PolicyDocument);
  expect(policy).toContain('aws:PrincipalAccount');
  expect(policy).toContain('inference-profile/us.anthropic.claude-x');
  expect(policy).not.toContain('"Action":"*","Effect":"Allow"');
});

test('needs internet when a host is public, and says so when the network has none', () => {
  const open = Template.fromStack(agentStack({ policy: bedrock({}) }).stack);
  expect(resourcesOf(open, 'AWS::EC2::NatGateway')).toHaveLength(1);
});
