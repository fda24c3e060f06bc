import {
  App,
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  type IPropertyInjector,
  PropertyInjectors,
  Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpoint, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  AgentLauncher,
  AgentNetwork,
  AgentTask,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  ProxyWindow,
  SecureAgent,
  Topology,
} from '../../lib/aws';
import { prove } from '../../lib/proof';
import { DIGEST, POLICY, resourcesOf } from './stack';

const app = (context: Record<string, unknown> = {}) => new App({ builtinCloudFormationValidation: false, context });
const imageIn = (stack: Stack) =>
  PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'agent'), DIGEST);
const notClosed = (...stacks: Stack[]) =>
  prove(
    stacks.map((stack) => ({ name: stack.stackName, document: Template.fromStack(stack).toJSON() })),
  ).findings.filter(({ verdict }) => verdict !== 'closed');

test('the proxy may stand in a stack of its own, proved together with the agents’', () => {
  const root = app();
  const [edge, agents] = [new Stack(root, 'Edge'), new Stack(root, 'Agents')];
  const egress = new EgressNetwork(edge, 'Egress');
  const edgeImage = imageIn(edge);
  const envoy = EnvoyImage.of(edgeImage, '1.40');
  const proxy = new EgressProxy(edge, 'Proxy', { policy: POLICY, network: egress, envoy, keeper: edgeImage });
  const network = new AgentNetwork(agents, 'Network');
  const window = new ProxyWindow(agents, 'Window', { network, proxy });
  const task = new AgentTask(agents, 'Agent', { network, proxy, window, image: imageIn(agents) });
  new AgentLauncher(agents, 'Launcher', { task });
  expect(notClosed(edge, agents)).toEqual([]);
  // Alone, the agents' template doesn't say what stands behind the window.
  expect(notClosed(agents)).not.toEqual([]);
});

test.each([
  ['aws-us-gov', 'us-gov-west-1', 'com.amazonaws.us-gov-west-1.ecr.api'],
  ['aws-cn', 'cn-northwest-1', 'cn.com.amazonaws.cn-northwest-1.ecr.api'],
])('in the partition %s every ARN and endpoint is its own, and it is proved closed', (partition, region, endpoint) => {
  const zones = { [`availability-zones:account=111122223333:region=${region}`]: [`${region}a`, `${region}b`] };
  const stack = new Stack(app(zones), 'Stack', { env: { account: '111122223333', region } });
  const topology = Topology.privateLink({ s3PrefixListId: 'pl-0123456789abcdef0' });
  new SecureAgent(stack, 'Agent', { policy: POLICY, image: imageIn(stack), topology });
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  const partitions = new Set([...text.matchAll(/"arn:(aws[a-z-]*):/g)].map(([, found]) => found));
  expect([...partitions].filter((found) => found !== partition)).toEqual([]);
  expect(text.includes(`"${endpoint}"`)).toBe(true);
  expect(notClosed(stack)).toEqual([]);
});

test.each([
  ['a qualifier of its own', () => new DefaultStackSynthesizer({ qualifier: 'platform' })],
  ['the caller’s credentials', () => new CliCredentialsStackSynthesizer()],
])('takes a synthesizer with %s', (_, make) => {
  const stack = new Stack(app(), 'Stack', { synthesizer: make() });
  new SecureAgent(stack, 'Agent', { policy: POLICY, image: imageIn(stack) });
  expect(notClosed(stack)).toEqual([]);
});

describe('property injectors that open what they can', () => {
  const OPENERS: Record<string, object> = {
    [SecurityGroup.PROPERTY_INJECTION_ID]: { allowAllOutbound: true, allowAllIpv6Outbound: true },
    [InterfaceVpcEndpoint.PROPERTY_INJECTION_ID]: { open: true },
    [Vpc.PROPERTY_INJECTION_ID]: { restrictDefaultSecurityGroup: false },
  };
  const injectors = Object.entries(OPENERS).map(([constructUniqueId, more]): IPropertyInjector => ({
    constructUniqueId,
    // What an injector gives back is what the construct is made with.
    inject: (props: object) => ({ ...props, ...more }),
  }));
  const root = app();
  PropertyInjectors.of(root).add(...injectors);
  const stack = new Stack(root, 'Stack');
  new SecureAgent(stack, 'Agent', { policy: POLICY, image: imageIn(stack) });

  test('are seen by the proof, and open no way out for the agent', () => {
    const open = notClosed(stack).filter(({ verdict }) => verdict === 'open');
    expect(open.filter(({ claim }) => claim === 'ip' || claim === 'dns' || claim === 'cloud-api')).toEqual([]);
    // The control: they were taken.
    const ingress = resourcesOf(Template.fromStack(stack), 'AWS::EC2::SecurityGroup').filter(({ Properties }) =>
      JSON.stringify(Properties.SecurityGroupIngress ?? []).includes('443'),
    );
    expect(ingress.length).toBeGreaterThan(0);
  });
});
