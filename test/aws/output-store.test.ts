import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Port } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AgentLauncher,
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
import { asList, container, DIGEST, POLICY, resourcesOf } from './stack';

interface Made {
  readonly stack: Stack;
  readonly store: OutputStore;
  readonly task: AgentTask;
  /** Adds another agent with the same store. */
  second(): AgentTask;
}

function make(): Made {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Output');
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Image', 'x'), DIGEST);
  const network = new AgentNetwork(stack, 'Network');
  const egress = new EgressNetwork(stack, 'Egress');
  const envoy = EnvoyImage.of(image, '1.40');
  const proxy = new EgressProxy(stack, 'Proxy', { policy: POLICY, network: egress, envoy, keeper: image });
  const window = new ProxyWindow(stack, 'Window', { network, proxy });
  const store = new OutputStore(stack, 'Store', { network, encryptionKey: new Key(stack, 'Key') });
  const add = (id: string) => {
    const workspace = Workspace.memory().withOutput(store);
    const task = new AgentTask(stack, id, { network, proxy, window, image, workspace });
    new AgentLauncher(stack, `${id}Launcher`, { task });
    return task;
  };
  return { stack, store, task: add('Agent'), second: () => add('Second') };
}

const { stack, store, task, second } = make();
const template = Template.fromStack(stack);
type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;
function judged(change: (resources: Resources) => void = () => undefined) {
  // Plain JSON, of the shape that CloudFormation defines.
  const document = structuredClone(template.toJSON()) as { Resources: Resources };
  change(document.Resources);
  return prove([{ name: 'stack', document }]).findings.filter(({ verdict }) => verdict !== 'closed');
}
const only = (resources: Resources, type: string) => Object.values(resources).find(({ Type }) => Type === type);

test('is proved closed, and says that the agent writes there', () => {
  expect(judged()).toEqual([]);
  const all = prove([{ name: 'stack', document: template.toJSON() }]).findings;
  expect(all.filter(({ destination }) => destination.startsWith('the file system'))).toHaveLength(1);
});

test('is mounted by its access point, encrypted on the way, and without a signature that nobody could make', () => {
  const volumes = resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(({ Properties }) =>
    asList(Properties.Volumes),
  );
  expect(volumes).toContainEqual({
    Name: 'output',
    EFSVolumeConfiguration: {
      FilesystemId: expect.anything(),
      TransitEncryption: 'ENABLED',
      AuthorizationConfig: { AccessPointId: expect.anything(), IAM: 'DISABLED' },
    },
  });
  expect(container(template, 'agent').MountPoints).toContainEqual({
    ContainerPath: '/output',
    SourceVolume: 'output',
    ReadOnly: false,
  });
});

test('admits uid 1000 by an access point and nobody as root, encrypts at rest by a key of yours, and outlives the stack', () => {
  const [found] = resourcesOf(template, 'AWS::EFS::FileSystem');
  const policy = JSON.stringify(found?.Properties.FileSystemPolicy);
  expect(policy).toContain('"elasticfilesystem:AccessPointArn"');
  expect(policy).not.toContain('ClientRootAccess');
  expect(policy).toContain('"Effect":"Deny"');
  expect(found?.Properties).toMatchObject({ Encrypted: true, KmsKeyId: expect.anything() });
  expect(Object.values(template.findResources('AWS::EFS::FileSystem'))).toMatchObject([{ DeletionPolicy: 'Retain' }]);
  template.hasResourceProperties('AWS::EFS::AccessPoint', { PosixUser: { Uid: '1000', Gid: '1000' } });
});

test('has rules both ways: the agent out to 2049, the file system in from the agent alone, and nothing out of it', () => {
  const idOf = (group: { securityGroupId: string }) => JSON.stringify(stack.resolve(group.securityGroupId));
  const egress = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties);
  const ingress = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties);
  const into = ingress.filter(({ GroupId }) => JSON.stringify(GroupId) === idOf(store.securityGroup));
  expect(into.map(({ SourceSecurityGroupId, ToPort }) => [JSON.stringify(SourceSecurityGroupId), ToPort])).toEqual([
    [idOf(task.securityGroup), 2049],
  ]);
  expect(egress.filter(({ GroupId }) => JSON.stringify(GroupId) === idOf(store.securityGroup))).toEqual([]);
});

test.each<[string, (resources: Resources) => void]>([
  ['its policy', (resources) => delete only(resources, 'AWS::EFS::FileSystem')?.Properties.FileSystemPolicy],
  [
    'its condition on the access point',
    (resources) => {
      const properties = only(resources, 'AWS::EFS::FileSystem')?.Properties ?? {};
      properties.FileSystemPolicy = JSON.parse(
        JSON.stringify(properties.FileSystemPolicy).replace('elasticfilesystem:AccessPointArn', 'aws:RequestTag/x'),
      ) as unknown;
    },
  ],
])('is open without %s', (_, change) => {
  expect(judged(change).map(({ claim, verdict }) => `${claim} ${verdict}`)).toContain('neighbour open');
});

test('is unproven when another mounts it, or is let in', () => {
  const [id, definition] =
    Object.entries(template.findResources('AWS::ECS::TaskDefinition')).find(([name]) => name.startsWith('Agent')) ?? [];
  const copied = judged(
    (resources) =>
      (resources.Reader = { ...structuredClone(definition), Metadata: {} } as unknown as Resources[string]),
  );
  expect(copied.flatMap(({ missing = [] }) => missing.map((fact) => fact.id))).toContain('reader(Reader)');
  expect(id).toBeDefined();
  const open = make();
  open.store.securityGroup.connections.allowFrom(open.task.network.endpoints.securityGroup, Port.tcp(2049));
  const found = prove([{ name: 'stack', document: Template.fromStack(open.stack).toJSON() }]).findings;
  const missing = found.flatMap((one) => (one.missing ?? []).map((fact) => fact.id));
  expect(missing).toEqual(expect.arrayContaining([expect.stringMatching(/^readers\(StoreMountTarget/)]));
});

test('is refused to a second agent', () => {
  expect(second).toThrow(
    'Output/Store: expected one agent to write here, got a second: they could pass data to each other past their proxies; give each an OutputStore [output-taken]',
  );
});

test.each([
  [() => Workspace.memory('/workspace').withOutput(store, '/workspace/out'), 'expected two folders beside each other'],
  [() => Workspace.memory().withOutput(store, '/etc/x'), '[workspace-path]'],
])('refuses output %#', (attempt, message) => {
  expect(attempt).toThrow(message);
});
