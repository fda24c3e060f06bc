import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import { PinnedImage, SecureAgent, Topology, type TopologyProps } from '../../lib/aws';
import { prove } from '../../lib/proof';
import { asObject, DIGEST, POLICY, resourcesOf } from './stack';

function synth(topology: (stack: Stack) => Topology): { stack: Stack; template: Template } {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Keys');
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Image', 'x'), DIGEST);
  new SecureAgent(stack, 'Agent', { policy: POLICY, image, topology: topology(stack) });
  return { stack, template: Template.fromStack(stack) };
}
const notClosed = (template: Template) =>
  prove([{ name: 'stack', document: template.toJSON() }]).findings.filter(({ verdict }) => verdict !== 'closed');
const TOPOLOGIES: [string, (props: TopologyProps) => Topology][] = [
  ['two networks', (props) => Topology.privateLink(props)],
  ['one shared network', (props) => Topology.sharedVpc(props)],
];

describe.each(TOPOLOGIES)('a key of yours in %s', (_, topologyOf) => {
  const { template } = synth((stack) => topologyOf({ encryptionKey: new Key(stack, 'Key') }));

  test('encrypts every log, every secret and every task’s disk, and is proved closed', () => {
    const logs = resourcesOf(template, 'AWS::Logs::LogGroup');
    const secrets = resourcesOf(template, 'AWS::SecretsManager::Secret');
    expect(logs.length).toBeGreaterThanOrEqual(3);
    for (const { Properties } of [...logs, ...secrets]) expect(Properties.KmsKeyId).toBeDefined();
    for (const { Properties } of resourcesOf(template, 'AWS::ECS::Cluster'))
      expect(asObject(asObject(Properties.Configuration).ManagedStorageConfiguration)).toHaveProperty(
        'FargateEphemeralStorageKmsKeyId',
      );
    expect(notClosed(template)).toEqual([]);
  });

  test('lets CloudWatch Logs use it, once, for log groups of this account alone', () => {
    const [key] = resourcesOf(template, 'AWS::KMS::Key');
    const text = JSON.stringify(key?.Properties.KeyPolicy);
    expect(text.match(/kms:EncryptionContext:aws:logs:arn/g)).toHaveLength(1);
    expect(text).toContain('log-group:*');
  });
});

test('a key made elsewhere takes no policy here, and a warning says what it must let through', () => {
  const arn = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000';
  const { stack } = synth((scope) => Topology.privateLink({ encryptionKey: Key.fromKeyArn(scope, 'Key', arn) }));
  const warnings = stack.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => String(data)));
  expect(warnings.join('\n')).toContain('encryptionKey: this key was made elsewhere; let logs.');
});

describe.each(TOPOLOGIES)('an access list in %s', (_, topologyOf) => {
  const { template } = synth(() => topologyOf({ networkAcl: true }));

  test('lets TCP alone through: inside the network, and to port 443 outside with its answers', () => {
    const entries = resourcesOf(template, 'AWS::EC2::NetworkAclEntry').map(({ Properties }) => [
      Properties.Egress === true ? 'out' : 'in',
      Properties.Protocol,
      Properties.CidrBlock === '0.0.0.0/0' ? 'anywhere' : 'inside',
      asObject(Properties.PortRange).From,
      asObject(Properties.PortRange).To,
    ]);
    expect(entries.sort()).toEqual([
      ['in', 6, 'anywhere', 1024, 65535],
      ['in', 6, 'inside', 0, 65535],
      ['out', 6, 'anywhere', 443, 443],
      ['out', 6, 'inside', 0, 65535],
    ]);
    expect(resourcesOf(template, 'AWS::EC2::SubnetNetworkAclAssociation')).toHaveLength(2);
    expect(notClosed(template)).toEqual([]);
  });
});

test('without being asked for there is no access list', () => {
  expect(resourcesOf(synth(() => Topology.privateLink()).template, 'AWS::EC2::NetworkAcl')).toEqual([]);
});
