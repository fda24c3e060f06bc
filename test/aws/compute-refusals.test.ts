import { type CfnResource, Duration, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Peer, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { AgentCompute, PinnedImage, type SecureAgentProps, Topology, Workspace } from '../../lib/aws';
import { microvmResources } from '../../lib/aws/microvm-library';
import { prove } from '../../lib/proof';
import { failure } from './failure';
import { agentStack, DIGEST } from './stack';

const FOLDER = `${__dirname}/../../examples/aws-compute/microvm`;
const COMPUTES = {
  microvm: AgentCompute.lambdaMicrovm({ directory: FOLDER, baseImageVersion: '1.0' }),
  gvisor: AgentCompute.ec2Gvisor({ machineImage: 'ami-0123456789abcdef0' }),
};
/** A stack with an agent on another compute: `image` is for Fargate. */
const built = (compute: keyof typeof COMPUTES, props: Partial<SecureAgentProps> = {}) =>
  agentStack({ image: undefined, compute: COMPUTES[compute], ...props });

describe.each(['microvm', 'gvisor'] as const)('SecureAgent on %s', (compute) => {
  const assume = (text: string) =>
    compute === 'microvm' ? [`microvm-names(${/Agent\w*Image[0-9A-F]{8}/.exec(text)?.[0]})`] : [];

  test('is proved closed in one network that it shares with its proxy', () => {
    const document = Template.fromStack(built(compute, { topology: Topology.sharedVpc() }).stack).toJSON();
    const report = prove([{ name: 'x', document }], { assume: assume(JSON.stringify(document)) });
    expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
    const agents = report.workloads.filter(({ kind, known }) => kind === 'agent' && known === 'marked');
    // An instance has a template for each of the two zones.
    expect(agents).toHaveLength(compute === 'gvisor' ? 2 : 1);
  });

  test('refuses at once what it can’t honour, and has no task', () => {
    const { stack, agent } = built(compute);
    const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Image', 'x'), DIGEST);
    const props = { image, command: ['x'], workspace: Workspace.memory('/work', Size.mebibytes(64)) };
    const messages = failure(() => built(compute, props)).split('\n');
    expect(messages.map((line) => /\[[a-z-]+\]$/.exec(line)?.[0])).toEqual([
      '[compute-image]',
      '[compute-command]',
      '[compute-workspace]',
    ]);
    expect(messages[2]).toContain('no volume can be put into it; leave workspace out, or use AgentCompute.fargate()');
    expect(failure(() => agent.task)).toContain(
      'which has no ECS task; start its runs by launcher [compute-without-task]',
    );
  });
});

test('Fargate is what an agent runs on, and needs an image', () => {
  expect(failure(() => agentStack({ image: undefined }))).toBe(
    "image: expected the agent's image for Fargate, got none; give a PinnedImage [image-missing]",
  );
  const plain = Template.fromStack(agentStack().stack).toJSON();
  expect(Template.fromStack(agentStack({ compute: AgentCompute.fargate() }).stack).toJSON()).toEqual(plain);
  const small = agentStack({
    compute: AgentCompute.fargate({ cpu: 512, memoryLimitMiB: 2048, timeout: Duration.hours(1) }),
  });
  Template.fromStack(small.stack).hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '512', Memory: '2048' });
});

test.each([
  [
    'resolve:ssm:/aws/service/ami',
    'a name or a parameter that is looked up at each start is other bytes after the review',
  ],
  ['latest', 'pin the id you have built [machine-image-not-pinned]'],
])('refuses the machine image %s', (machineImage, message) => {
  expect(failure(() => AgentCompute.ec2Gvisor({ machineImage }))).toContain(message);
});

test('refuses a base image without a version, and a run without an end', () => {
  const microvm = (props: object) =>
    failure(() => AgentCompute.lambdaMicrovm({ directory: FOLDER, baseImageVersion: '1.0', ...props }));
  expect(microvm({ baseImageVersion: 'latest' })).toContain('pin what you have reviewed [base-image]');
  expect(microvm({ timeout: Duration.hours(9) })).toBe(
    'compute.timeout: expected 1 minute to 8 hours, got 32400 seconds; the run is ended at it [run-timeout]',
  );
});

test('says which library it needs where the one that is installed has no MicroVMs', () => {
  expect(failure(() => microvmResources({}))).toContain(
    'install aws-cdk-lib 2.276 or later, or use AgentCompute.fargate() [microvm-unsupported]',
  );
});

test('a network without the platform’s endpoints says so to a Fargate task', () => {
  expect(failure(() => built('gvisor').agent.network.endpoints)).toContain(
    'got a network without them; leave platformEndpoints out [endpoints-left-out]',
  );
});

describe('after the stack was built', () => {
  const child = (stack: Stack, type: string): CfnResource => {
    const found = stack.node.findAll().find((node) => 'cfnResourceType' in node && node.cfnResourceType === type);
    return found as CfnResource; // it has a type of CloudFormation's
  };
  const codesOf = (stack: Stack) => {
    const message = failure(() => Template.fromStack(stack));
    expect(message).not.toContain('sk-ant');
    return [...message.matchAll(/\[([a-z0-9-]+)\]$/gm)].map(([, code]) => code).sort();
  };
  /** Each of these agents has its group by this name. */
  const open = ({ agent }: ReturnType<typeof built>) => {
    const { securityGroup } = agent.node.findChild('Agent') as unknown as { securityGroup: SecurityGroup };
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443));
    securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(22));
  };

  test('refuses each later change of an instance, all at once', () => {
    const made = built('gvisor');
    const template = child(made.stack, 'AWS::EC2::LaunchTemplate');
    const set = (path: string, value: unknown) => template.addPropertyOverride(`LaunchTemplateData.${path}`, value);
    set('IamInstanceProfile', { Name: 'x' });
    set('MetadataOptions.HttpEndpoint', 'enabled');
    set('KeyName', 'x');
    set('UserData', 'eA==');
    set('NetworkInterfaces.0.AssociatePublicIpAddress', true);
    set('BlockDeviceMappings.0.Ebs.Encrypted', false);
    set('InstanceInitiatedShutdownBehavior', 'stop');
    set('ImageId', 'resolve:ssm:/x');
    open(made);
    expect(codesOf(made.stack)).toEqual([
      'agent-egress-open',
      'agent-ingress',
      'instance-has-profile',
      'instance-interface',
      'instance-kept',
      'instance-key-pair',
      'instance-metadata',
      'instance-user-data',
      'instance-volume',
      'machine-image-not-pinned',
    ]);
  });

  test('refuses each later change of a MicroVM, all at once', () => {
    const made = built('microvm');
    const image = child(made.stack, 'AWS::Lambda::MicrovmImage');
    const way = 'Configuration.VpcEgressConfiguration';
    image.addPropertyOverride('AdditionalOsCapabilities', ['ALL']);
    image.addPropertyOverride('EgressNetworkConnectors', []);
    image.addPropertyOverride('EnvironmentVariables', [{ Key: 'X', Value: `sk-ant-api03-${'x1Y2'.repeat(20)}` }]);
    const connector = child(made.stack, 'AWS::Lambda::NetworkConnector');
    connector.addPropertyOverride(`${way}.SecurityGroupIds`, ['sg-1']);
    connector.addPropertyOverride(`${way}.NetworkProtocol`, 'DualStack');
    open(made);
    expect(codesOf(made.stack)).toEqual([
      'agent-egress-open',
      'agent-ingress',
      'agent-secret-in-plain-text',
      'microvm-capabilities',
      'microvm-connector-group',
      'microvm-connector-ipv6',
      'microvm-egress',
    ]);
  });

  test.each([
    ['Groups', ['sg-1'], 'Template'],
    ['SubnetId', 'subnet-1', 'Template'],
    ['SubnetId', 'subnet-1', 'Template2'],
  ])('refuses another value of %s on an instance’s interface: %j in %s', (key, value, id) => {
    const { stack } = built('gvisor');
    const template = child(stack, 'AWS::EC2::LaunchTemplate').node.scope?.node.findChild(id) as CfnResource; // as above
    template.addPropertyOverride(`LaunchTemplateData.NetworkInterfaces.0.${key}`, value);
    expect(codesOf(stack)).toEqual(['instance-interface']);
  });
});
