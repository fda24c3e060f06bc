import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AgentNetwork,
  AgentTask,
  type AgentTaskProps,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  OutputStore,
  PinnedImage,
  ProxyWindow,
  SharedNetwork,
  ToolServer,
  Workspace,
} from '../../lib/aws';
import { definePolicy } from '../../lib/policy';
import { failure } from './failure';
import { DIGEST, POLICY } from './stack';

// One stack for all of it: what is refused leaves nothing that another case reads.
const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Bad');
const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'agent'), DIGEST);
const envoy = EnvoyImage.of(image, '1.40');
const egress = new EgressNetwork(stack, 'Egress');
const proxy = new EgressProxy(stack, 'Proxy', { policy: POLICY, network: egress, envoy, keeper: image });
const network = new AgentNetwork(stack, 'Network');
const window = new ProxyWindow(stack, 'Window', { network, proxy });
const parts: AgentTaskProps = { network, proxy, window, image };
let count = 0;
const fresh = () => `Case${count++}`;
const task = (props: Partial<AgentTaskProps>) => failure(() => new AgentTask(stack, fresh(), { ...parts, ...props }));

describe('an agent’s task', () => {
  const other = new AgentNetwork(stack, 'Other');

  test('refuses the window of another network', () => {
    expect(task({ network: other })).toBe(
      'window: expected one of Bad/Proxy in Bad/Other, got one of the network Bad/Network; make a ProxyWindow of this proxy in this network [window-mismatch]',
    );
  });

  test('refuses the window of another proxy, whose policy isn’t the one that the agent would be told', () => {
    const second = new EgressProxy(stack, 'Second', { policy: POLICY, network: egress, envoy, keeper: image });
    expect(task({ proxy: second })).toBe(
      'window: expected one of Bad/Second in Bad/Network, got one of the proxy Bad/Proxy; make a ProxyWindow of this proxy in this network [window-mismatch]',
    );
  });

  test('refuses an output that stands in another network', () => {
    const store = new OutputStore(stack, 'Store', { network: other });
    expect(task({ workspace: Workspace.memory().withOutput(store) })).toBe(
      'Bad/Store: expected the agent in the network of its output, got Bad/Network: no mount target stands there; give OutputStore that network [output-elsewhere]',
    );
  });

  test('refuses a workspace in memory that is as large as the task’s memory', () => {
    expect(task({ workspace: Workspace.memory('/workspace', Size.gibibytes(4)) })).toBe(
      "workspace: expected less than the task's 4096 MiB, which it is part of, got 4096 MiB; raise memoryLimitMiB, or use Workspace.disk [workspace-size]",
    );
  });

  test('takes what fits', () => {
    const workspace = Workspace.memory('/workspace', Size.gibibytes(4));
    expect(task({ workspace, memoryLimitMiB: 8192 })).toBe('');
  });
});

describe('a wall of names', () => {
  test.each(['*', '*.cdn.example', 'https://cdn.example', 'cdn', ''])('refuses "%s"', (name) => {
    expect(failure(() => network.garden.allow(name))).toBe(
      `Bad/Network/Names: expected an exact DNS name such as "cdn.example.com", got "${name}": agents could ask for any name below a wildcard, and with it send data out; name each host [garden-wildcard]`,
    );
  });

  test('takes an exact name, and refuses a wildcard among redirections', () => {
    expect(failure(() => network.garden.allow('cdn.example.com'))).toBe('');
    expect(failure(() => new SharedNetwork(stack, fresh(), { redirections: ['*.cdn.example'] }))).toContain(
      'got "*.cdn.example"',
    );
  });
});

test.each([
  [
    { desiredCount: 0 },
    'desiredCount: expected 1 task or more, and maxCount no fewer, got 0 and 0; two stand in two zones [proxy-count]',
  ],
  [{ desiredCount: 4, maxCount: 2 }, 'got 4 and 2; two stand in two zones [proxy-count]'],
  [{ desiredCount: 1.5 }, 'got 1.5 and 4.5; two stand in two zones [proxy-count]'],
  [
    { drain: Duration.hours(2) },
    'drain: expected an hour at most, which a load balancer waits, got 7200 seconds [proxy-drain]',
  ],
])('a proxy refuses %j', (props, text) => {
  const make = () =>
    new EgressProxy(stack, fresh(), { policy: POLICY, network: egress, envoy, keeper: image, ...props });
  expect(failure(make)).toContain(text);
});

test.each(['sg-0123abcd', 'pl-', 'com.amazonaws.us-east-1.s3'])('a network refuses "%s" as the list of S3', (id) => {
  expect(failure(() => new AgentNetwork(stack, fresh(), { s3PrefixListId: id }))).toBe(
    `s3PrefixListId: expected the id of S3's managed prefix list such as "pl-63a5400a", got "${id}"; "aws ec2 describe-managed-prefix-lists" prints it [prefix-list-id]`,
  );
});

test('a tool refuses a port that its user may not listen on, and a variable that is named twice', () => {
  const policy = definePolicy({
    policy: 1,
    name: 'tools',
    upstreams: [{ host: 'tickets.tools.example', addresses: ['10.0.0.0/24'], ca: 'tools', rules: ['POST /mcp'] }],
  });
  const authorities = { tools: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' };
  const internal = new EgressNetwork(stack, 'Internal', { internet: false });
  const own = new EgressProxy(stack, 'Own', { policy, network: internal, envoy, keeper: image, authorities });
  const tool = {
    ...{ network, proxy: own, host: 'tickets.tools.example', image, port: 443 },
    ...{ environment: { TOKEN: 'x' }, secrets: { TOKEN: new Secret(stack, 'Token') } },
  };
  expect(failure(() => new ToolServer(stack, fresh(), tool))).toBe(
    'secrets.TOKEN: expected each variable once, got it in environment too; leave it out there [variable-named-twice]\n' +
      'port: expected 1024 to 65535, which uid 1000 may listen on, got 443 [tool-port]',
  );
});
