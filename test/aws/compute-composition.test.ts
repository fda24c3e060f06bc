import { readFileSync } from 'node:fs';
import { App, Aspects, CfnResource, Stack, Stage, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Template } from 'aws-cdk-lib/assertions';
import { AgentCompute, SecureAgent, Topology, type TopologyProps } from '../../lib/aws';
import { prove } from '../../lib/proof';
import { asObject, POLICY, resourcesOf } from './stack';

// The library ships the list; its shape is flag → recommended value.
const FLAGS = JSON.parse(readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as object;
const ZONES = { 'availability-zones:account=111122223333:region=cn-north-1': ['cn-north-1a', 'cn-north-1b'] };
const COMPUTES = {
  Microvm: AgentCompute.lambdaMicrovm({
    directory: `${__dirname}/../../examples/aws-compute/microvm`,
    baseImageVersion: '1.0',
  }),
  Gvisor: AgentCompute.ec2Gvisor({ machineImage: 'ami-0123456789abcdef0' }),
};

/** Both computes in a stack, each with a network and a proxy of its own. */
function addBoth(stack: Stack, props: TopologyProps = {}): void {
  for (const [id, compute] of Object.entries(COMPUTES))
    new SecureAgent(stack, id, { policy: POLICY, compute, topology: Topology.privateLink(props) });
}

function expectClosed(stack: Stack): Template {
  const template = Template.fromStack(stack);
  const [image = ''] = Object.keys(template.findResources('AWS::Lambda::MicrovmImage'));
  const { findings } = prove([{ name: 'x', document: template.toJSON() }], { assume: [`microvm-names(${image})`] });
  expect(findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
  return template;
}

const app = (context: object) => new App({ builtinCloudFormationValidation: false, context: { ...context } });

test('both are closed with all feature flags, tags, a permissions boundary and harmless aspects', () => {
  const stack = new Stack(app(FLAGS), 'Stack');
  addBoth(stack);
  Tags.of(stack).add('team', 'platform');
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'));
  Aspects.of(stack).add({ visit: (node) => void (node instanceof CfnResource && node.addMetadata('seen', true)) });
  for (const { Properties } of resourcesOf(expectClosed(stack), 'AWS::IAM::Role'))
    expect(Properties.PermissionsBoundary).toBeDefined();
});

test('both use the partition’s names in a stage of China, and a key of one’s own for image and volume', () => {
  const env = { account: '111122223333', region: 'cn-north-1' };
  const stack = new Stack(new Stage(app(ZONES), 'Production', { env }), 'Stack');
  addBoth(stack, { encryptionKey: new Key(stack, 'Key') });
  const template = expectClosed(stack);
  // A boolean: a failure would print the whole template.
  expect(/arn:aws(?:-cn)?:/.test(JSON.stringify(template.toJSON()))).toBe(false);
  const [image] = resourcesOf(template, 'AWS::Lambda::MicrovmImage');
  const [machine] = resourcesOf(template, 'AWS::EC2::LaunchTemplate');
  const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
  expect(image?.Properties.KmsKeyIdentifier).toEqual(key);
  expect(asObject(machine?.Properties.LaunchTemplateData).BlockDeviceMappings).toMatchObject([
    { Ebs: { KmsKeyId: key } },
  ]);
  const grants = JSON.stringify(
    resourcesOf(template, 'AWS::IAM::Policy').filter((one) => JSON.stringify(one).includes('RunInstances')),
  );
  expect(grants).toContain('kms:GrantIsForAWSResource');
});
