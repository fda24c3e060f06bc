import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AgentNetwork,
  AgentTask,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  OutputStore,
  PinnedImage,
  ProxyWindow,
  Workspace,
} from '../../lib/aws';
import { prove } from '../../lib/proof';
import { type Json, asList, asObject, DIGEST, POLICY, resourcesOf } from './stack';

const READER = 'sg-0123456789abcdef0';
const SERVICE = 'sg-0fedcba9876543210';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000';
const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:anthropic-AbCdEf';

/** An agent of whose surroundings everything was made elsewhere: network, cluster, groups, secret and key. */
function amongImports(): Template {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack');
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.1.0.0/16',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    isolatedSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
  });
  const encryptionKey = Key.fromKeyArn(stack, 'Key', KEY);
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'agent'), DIGEST);
  const network = AgentNetwork.fromVpc(stack, 'Network', { vpc, encryptionKey });
  const proxy = new EgressProxy(stack, 'Proxy', {
    policy: POLICY,
    network: new EgressNetwork(stack, 'Egress', { encryptionKey }),
    envoy: EnvoyImage.of(image, '1.40'),
    keeper: image,
    secrets: { 'anthropic-key': Secret.fromSecretCompleteArn(stack, 'Secret', SECRET) },
  });
  const window = new ProxyWindow(stack, 'Window', { network, proxy });
  const store = new OutputStore(stack, 'Store', { network });
  const workspace = Workspace.memory().withOutput(store);
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'agents', vpc, securityGroups: [] });
  new AgentTask(stack, 'Agent', { network, proxy, window, image, cluster, workspace });
  // An imported group says nothing of its ways out: with allowAllOutbound true the library would write no rule.
  const group = (id: string) => SecurityGroup.fromSecurityGroupId(stack, id, id, { allowAllOutbound: false });
  group(READER).connections.allowTo(store.securityGroup, Port.tcp(2049), 'reads the output');
  proxy.connections.allowTo(group(SERVICE), Port.tcp(8443), 'a service of ours');
  return Template.fromStack(stack);
}

describe('among imports', () => {
  const template = amongImports();
  const rules = (kind: 'Egress' | 'Ingress') =>
    resourcesOf(template, `AWS::EC2::SecurityGroup${kind}`).map(({ Properties }) => Properties);

  test('groups made elsewhere are let in and reached by rules of this template, one port each', () => {
    const found = (kind: 'Egress' | 'Ingress', property: string, id: string) =>
      rules(kind)
        .filter((rule) => rule[property] === id)
        .map(({ FromPort, ToPort }) => [FromPort, ToPort]);
    expect(found('Ingress', 'SourceSecurityGroupId', READER)).toEqual([[2049, 2049]]);
    expect(found('Egress', 'GroupId', READER)).toEqual([[2049, 2049]]);
    expect(found('Egress', 'DestinationSecurityGroupId', SERVICE)).toEqual([[8443, 8443]]);
  });

  test('no network and no cluster is made for the agent, and what is made uses the key', () => {
    expect(resourcesOf(template, 'AWS::EC2::VPC')).toHaveLength(1); // the proxy's
    expect(resourcesOf(template, 'AWS::ECS::Cluster')).toHaveLength(1); // likewise
    const keys = ['AWS::Logs::LogGroup', 'AWS::SecretsManager::Secret', 'AWS::EFS::FileSystem'].flatMap((type) =>
      resourcesOf(template, type).map(({ Properties }) => Properties.KmsKeyId),
    );
    expect(keys.length).toBeGreaterThan(4);
    expect(new Set(keys)).toEqual(new Set<Json>([KEY]));
  });

  test('the secret is read by the proxy’s role, by its ARN', () => {
    const statements = resourcesOf(template, 'AWS::IAM::Policy').flatMap(({ Properties }) =>
      asList(asObject(Properties.PolicyDocument).Statement).map(asObject),
    );
    const reads = statements.filter(({ Resource }) => Resource === SECRET);
    expect(reads.map(({ Action }) => Action)).toEqual([
      ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    ]);
  });

  test('nothing is open', () => {
    const report = prove([{ name: 'stack', document: template.toJSON() }]);
    expect(report.findings.filter(({ verdict }) => verdict === 'open')).toEqual([]);
  });
});
