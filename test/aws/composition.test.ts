import { readFileSync } from 'node:fs';
import { App, Aspects, CfnResource, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Template } from 'aws-cdk-lib/assertions';
import { PinnedImage, SecureAgent, type SecureAgentProps, Topology } from '../../lib/aws';
import { prove } from '../../lib/proof';
import { asList, container, DIGEST, POLICY, resourcesOf } from './stack';

// The library ships the list; its shape is flag → recommended value.
const FLAGS = JSON.parse(readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as Record<
  string,
  unknown
>;
const app = (context: Record<string, unknown> = {}) => new App({ builtinCloudFormationValidation: false, context });

function addAgent(stack: Stack, props: Partial<SecureAgentProps> = {}): SecureAgent {
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'agent'), DIGEST);
  return new SecureAgent(stack, 'Agent', { policy: POLICY, image, ...props });
}

/** What must hold wherever the construct is put. */
function expectClosed(stack: Stack): Template {
  const template = Template.fromStack(stack);
  const report = prove([{ name: 'stack', document: template.toJSON() }]);
  expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
  const withRole = resourcesOf(template, 'AWS::ECS::TaskDefinition').filter(({ Properties }) => Properties.TaskRoleArn);
  expect(withRole).toHaveLength(1);
  for (const { Properties } of resourcesOf(template, 'AWS::EC2::SecurityGroup'))
    expect(asList(Properties.SecurityGroupEgress).length).toBeGreaterThan(0);
  return template;
}

test.each([
  ['all feature flags', FLAGS],
  ['no feature flag', {}],
])('is closed with %s', (_, context) => {
  const stack = new Stack(app(context), 'Stack');
  addAgent(stack);
  expectClosed(stack);
});

test('is closed in a stage of one account and region, with the zones given', () => {
  const env = { account: '111122223333', region: 'eu-central-1' };
  const zones = { 'availability-zones:account=111122223333:region=eu-central-1': ['eu-central-1a', 'eu-central-1b'] };
  const stack = new Stack(new Stage(app(zones), 'Production', { env }), 'Stack');
  addAgent(stack);
  const template = expectClosed(stack);
  expect(JSON.stringify(template.toJSON())).toContain('pl-6ea54007');
});

test('uses the names and ARNs of the partition it is in', () => {
  const env = { account: '111122223333', region: 'cn-north-1' };
  const zones = { 'availability-zones:account=111122223333:region=cn-north-1': ['cn-north-1a', 'cn-north-1b'] };
  const stack = new Stack(app(zones), 'Stack', { env });
  expect(() => addAgent(new Stack(app(zones), 'Unknown', { env }))).toThrow(
    /^s3PrefixListId: expected the id of S3's prefix list in cn-north-1, which isn't in our table; .*\[prefix-list-unknown\]$/,
  );
  addAgent(stack, { topology: Topology.privateLink({ s3PrefixListId: 'pl-0123456789abcdef0' }) });
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  // Booleans: a failure would print the whole template.
  expect(/arn:aws(?:-cn)?:/.test(text)).toBe(false);
  expect(text.includes('"cn.com.amazonaws.cn-north-1.ecr.api"')).toBe(true);
});

test('takes a secret of another stack, whose policy then names the proxy’s role', () => {
  const root = app();
  const elsewhere = new Stack(root, 'Secrets');
  const secret = Secret.fromSecretCompleteArn(
    elsewhere,
    'Key',
    'arn:aws:secretsmanager:us-east-1:111122223333:secret:anthropic-AbCdEf',
  );
  const stack = new Stack(root, 'Stack');
  addAgent(stack, { secrets: { 'anthropic-key': secret } });
  const words = JSON.stringify(container(Template.fromStack(stack), 'keeper').Command);
  expect(words).toContain(
    'anthropic-key=aws-secret:arn:aws:secretsmanager:us-east-1:111122223333:secret:anthropic-AbCdEf',
  );
  expect(JSON.stringify(secret.node.metadata)).toContain('this secret was made elsewhere');
});

test('takes tags, a permissions boundary and harmless aspects', () => {
  const stack = new Stack(app(), 'Stack');
  addAgent(stack);
  Tags.of(stack).add('team', 'platform');
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'));
  Aspects.of(stack).add({ visit: (node) => void (node instanceof CfnResource && node.addMetadata('seen', true)) });
  const template = expectClosed(stack);
  for (const { Properties } of resourcesOf(template, 'AWS::IAM::Role'))
    expect(Properties.PermissionsBoundary).toBeDefined();
});

test('is stopped when an aspect gives the agent’s task a role', () => {
  const stack = new Stack(app(), 'Stack');
  addAgent(stack);
  Aspects.of(stack).add({
    visit: (node) =>
      void (
        node instanceof CfnResource &&
        node.cfnResourceType === 'AWS::ECS::TaskDefinition' &&
        node.addPropertyOverride('TaskRoleArn', 'arn:aws:iam::111122223333:role/admin')
      ),
  });
  expect(() => Template.fromStack(stack)).toThrow('[agent-has-role]');
});
