import { App, Size, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AgentNetwork,
  AgentService,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  ProxyWindow,
  Workspace,
} from '../../lib/aws';
import { definePolicy, type Policy } from '../../lib/policy';
import { agentStack, asList, asObject, container, DIGEST, POLICY, resourcesOf } from './stack';

const policyOf = (...upstreams: object[]) => definePolicy({ policy: 1, name: 'part', upstreams });
const opaque = (host: string, more: object = {}) => ({ host, tls: 'passthrough', ...more });
const fresh = () => new Stack(new App({ builtinCloudFormationValidation: false }), 'Parts');

function proxyIn(stack: Stack, id: string, policy: Policy, network: EgressNetwork): EgressProxy {
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, `${id}Image`, 'x'), DIGEST);
  return new EgressProxy(stack, id, { policy, network, envoy: EnvoyImage.of(image, '1.40'), keeper: image });
}

describe('the transparent way', () => {
  const hosts = ['api.a.example.com', 'b.example.com', 'bedrock-runtime.us-east-1.amazonaws.com'].map((host) =>
    opaque(host),
  );
  const template = Template.fromStack(agentStack({ policy: policyOf(...hosts, opaque('*.wild.example')) }).stack);

  test('makes one zone a domain, and for a name of AWS one of its own, so that the platform’s names stay', () => {
    const zones = resourcesOf(template, 'AWS::Route53::HostedZone').map(({ Properties }) => Properties.Name);
    expect(zones.sort()).toEqual(['bedrock-runtime.us-east-1.amazonaws.com.', 'example.com.']);
  });

  test('answers exactly the policy’s names with the window’s address, and no wildcard', () => {
    const records = resourcesOf(template, 'AWS::Route53::RecordSetGroup').flatMap(({ Properties }) =>
      asList(Properties.RecordSets).map(asObject),
    );
    expect(records.map(({ Name, Type }) => `${String(Type)} ${String(Name)}`).sort()).toEqual([
      'A api.a.example.com.',
      'A b.example.com.',
      'A bedrock-runtime.us-east-1.amazonaws.com.',
    ]);
    for (const { AliasTarget } of records) expect(JSON.stringify(AliasTarget)).toContain('DnsEntries');
  });

  test('lets the garden resolve them, and nothing else that the policy names', () => {
    const lists = resourcesOf(template, 'AWS::Route53Resolver::FirewallDomainList').map(({ Properties }) =>
      JSON.stringify(Properties.Domains),
    );
    expect(lists.join()).toContain('"b.example.com"');
    expect(lists.join()).not.toContain('wild.example');
  });

  test('is refused twice for one domain in one network', () => {
    const stack = fresh();
    const network = new AgentNetwork(stack, 'Network');
    const egress = new EgressNetwork(stack, 'Egress');
    const proxies = ['One', 'Two'].map((id) =>
      proxyIn(stack, id, policyOf(opaque(`${id.toLowerCase()}.example.com`)), egress),
    );
    const windows = () => proxies.map((proxy, i) => new ProxyWindow(stack, `Window${i}`, { network, proxy }));
    expect(windows).toThrow(
      'transparent: expected each domain to resolve to one proxy of the network, got "example.com" twice; set transparent: false on one of the proxies, or give it a network of its own [zone-taken]',
    );
  });

  test('refuses an upstream on a port of the proxy’s own, and more ports than a service has', () => {
    const policy = policyOf(...[8080, 443, 444, 445, 446].map((port) => opaque(`p${port}.example.com`, { port })));
    const attempt = () => agentStack({ policy });
    expect(attempt).toThrow(
      "policy.upstreams(p8080.example.com).port: expected a port that isn't the proxy's own 8080 or 3128, got 8080",
    );
    expect(attempt).toThrow('[port-taken]');
    expect(attempt).toThrow('policy.upstreams: expected at most 3 different ports, got 443, 444, 445, 446, 8080');
    expect(attempt).toThrow('[too-many-ports]');
    expect(() => agentStack({ policy, transparent: false })).not.toThrow();
  });
});

describe('a network without internet', () => {
  test('refuses a public host, and images of another registry, all at once', () => {
    const stack = fresh();
    const foreign = PinnedImage.fromRegistry(`registry.example/x:v1.40.0@${DIGEST}`);
    const attempt = () =>
      new EgressProxy(stack, 'Proxy', {
        policy: policyOf(opaque('a.example.com')),
        network: new EgressNetwork(stack, 'Egress', { internet: false }),
        envoy: EnvoyImage.of(foreign),
        keeper: foreign,
      });
    expect(attempt).toThrow(
      /policy\.upstreams\(a\.example\.com\)\.addresses: expected the private range .*got "public".*\[no-internet\]\nenvoy: .*\[image-not-in-ecr\]\nkeeper: .*\[image-not-in-ecr\]$/,
    );
  });
});

describe('authorities', () => {
  const policy = policyOf({ host: 'git.corp.example', ca: 'corp', rules: ['GET /**'] });
  const pem = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n-----END CERTIFICATE-----\n`;

  test('reach the keeper as files beside the compiled ones', () => {
    const keeper = container(Template.fromStack(agentStack({ policy, authorities: { corp: pem } }).stack), 'keeper');
    expect(asList(keeper.Command)).toEqual(expect.arrayContaining(['--ca', 'corp=/run/anchorhold/ca/corp.pem']));
  });

  test.each([
    [
      {},
      'authorities.corp: expected its certificates (PEM), which the policy names as ca, got none [authority-missing]',
    ],
    [
      { corp: pem, crop: pem },
      'authorities.crop: expected only names the policy uses as ca (corp) [authority-not-in-policy]',
    ],
    [
      { corp: '-----BEGIN PRIVATE KEY-----' },
      'authorities.corp: expected PEM certificates and nothing else, got another text [authority-not-pem]',
    ],
  ])('%j is refused', (authorities, message) => {
    expect(() => agentStack({ policy, authorities })).toThrow(message);
  });
});

describe('a network that exists', () => {
  test('refuses subnets that are public or have a NAT, and says so at once', () => {
    const stack = fresh();
    const vpc = new Vpc(stack, 'Vpc');
    expect(() => AgentNetwork.fromVpc(stack, 'None', { vpc })).toThrow(
      /There are no 'Isolated' subnet groups|subnets-none/,
    );
    const attempt = () =>
      AgentNetwork.fromVpc(stack, 'Open', { vpc, subnets: { subnets: [...vpc.publicSubnets, ...vpc.privateSubnets] } });
    expect(attempt).toThrow('subnets: expected isolated subnets, got one with a way out (NAT)');
    expect(() => AgentNetwork.fromVpc(stack, 'Public', { vpc, subnets: { subnets: vpc.publicSubnets } })).toThrow(
      '[subnet-public]',
    );
  });
});

describe('an agent', () => {
  test('gets a workspace that runs what it wrote, while /tmp doesn’t', () => {
    const { stack } = agentStack({ workspace: Workspace.memory('/workspace', Size.mebibytes(64)) });
    const { Tmpfs } = asObject(container(Template.fromStack(stack), 'agent').LinuxParameters);
    expect(
      asList(Tmpfs).map((one) => [asObject(one).ContainerPath, asList(asObject(one).MountOptions).includes('noexec')]),
    ).toEqual([
      ['/tmp', true],
      ['/workspace', false],
    ]);
  });

  test.each([
    [() => Workspace.memory('/run/x'), '[workspace-path]'],
    [() => Workspace.memory('workspace'), '[workspace-path]'],
    [
      () => Workspace.disk('/w', Size.gibibytes(10)),
      'workspace: expected a disk of 21 to 200 GiB, got 10 GiB [workspace-size]',
    ],
  ])('refuses workspace %#', (make, message) => {
    expect(make).toThrow(message);
  });

  test('as a service stands in the agents’ subnets and group, without exec or an address', () => {
    const { stack, agent } = agentStack();
    new AgentService(stack, 'Service', { task: agent.task });
    const services = resourcesOf(Template.fromStack(stack), 'AWS::ECS::Service').map(({ Properties }) => Properties);
    const group: unknown = stack.resolve(agent.task.securityGroup.securityGroupId);
    const found = services.filter((one) => JSON.stringify(one).includes(JSON.stringify(group)));
    expect(found).toMatchObject([
      { EnableExecuteCommand: false, NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } } },
    ]);
  });

  test('starts only after the container that brings the proxy’s authority has ended well', () => {
    const template = Template.fromStack(agentStack().stack);
    expect(container(template, 'agent')).toMatchObject({
      DependsOn: [{ ContainerName: 'trust', Condition: 'SUCCESS' }],
      MountPoints: [{ ContainerPath: '/run/anchorhold', ReadOnly: true }],
    });
    expect(container(template, 'trust')).toMatchObject({
      Essential: false,
      ReadonlyRootFilesystem: true,
      User: '101:101',
    });
    expect(container(template, 'trust').Secrets).toBeUndefined();
    const none = Template.fromStack(agentStack({ policy: policyOf(opaque('a.example.com')) }).stack);
    expect(() => container(none, 'trust')).toThrow('no container trust');
    expect(POLICY.upstreams.some(({ tls }) => tls === 'intercept')).toBe(true);
  });
});
