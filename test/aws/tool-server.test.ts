import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AgentLauncher,
  AgentNetwork,
  AgentTask,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  ProxyWindow,
  SharedNetwork,
  ToolServer,
  type ToolServerProps,
} from '../../lib/aws';
import { definePolicy, type Policy } from '../../lib/policy';
import { prove } from '../../lib/proof';
import { asList, container, DIGEST, resourcesOf } from './stack';

const HOST = 'tickets.tools.example';
const policyOf = (name: string, ...upstreams: object[]) => definePolicy({ policy: 1, name, upstreams });
const tool = (more: object = {}) => ({ host: HOST, addresses: ['10.0.0.0/24'], rules: ['POST /mcp'], ...more });
const PEM = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n-----END CERTIFICATE-----\n`;

interface Parts {
  readonly stack: Stack;
  readonly agent: AgentTask;
  readonly server: ToolServer;
}

/** An agent, its proxy and a tool behind it; `more` changes the tool's props. */
function parts(
  policy: Policy = policyOf('coder', tool()),
  more: (
    stack: Stack,
    made: { network: AgentNetwork; proxy: EgressProxy; window: ProxyWindow },
  ) => Partial<ToolServerProps> = certified,
  shared = false,
): Parts {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Tools');
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Image', 'x'), DIGEST);
  const both = shared ? new SharedNetwork(stack, 'Shared') : undefined;
  const network = both?.agents ?? new AgentNetwork(stack, 'Network');
  const egress = both?.egress ?? new EgressNetwork(stack, 'Egress');
  const addProxy = (id: string, its: Policy) => {
    const authorities: Record<string, string> = its.upstreams.some((one) => one.tls === 'intercept' && one.ca)
      ? { corp: PEM }
      : {};
    const envoy = EnvoyImage.of(image, '1.40');
    const proxy = new EgressProxy(stack, id, { policy: its, network: egress, envoy, keeper: image, authorities });
    return { proxy, window: new ProxyWindow(stack, `${id}Window`, { network, proxy }) };
  };
  const agents = addProxy('Proxy', policy);
  const agent = new AgentTask(stack, 'Agent', { network, ...agents, image });
  new AgentLauncher(stack, 'Launcher', { task: agent });
  const its = addProxy('ToolProxy', policyOf('tool', { host: 'api.tickets.example', rules: ['GET /v2/**'] }));
  const server = new ToolServer(stack, 'Tool', {
    network,
    proxy: agents.proxy,
    host: HOST,
    image,
    egress: its.window,
    ...more(stack, { network, ...agents }),
  });
  return { stack, agent, server };
}

function certified(stack: Stack): Partial<ToolServerProps> {
  const arn = stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'x' });
  return {
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', arn),
    secrets: { TOKEN: new Secret(stack, 'Token') },
  };
}

const judge = (document: object) =>
  prove([{ name: 'stack', document }]).findings.filter(({ verdict }) => verdict !== 'closed');

describe('a tool behind the agents’ proxy', () => {
  const { stack, agent, server } = parts();
  const template = Template.fromStack(stack);
  const idOf = (group: { securityGroupId: string }) => JSON.stringify(stack.resolve(group.securityGroupId));

  test.each([false, true])('is proved closed, as a tool (one shared network: %s)', (shared) => {
    const document = Template.fromStack(parts(undefined, undefined, shared).stack).toJSON();
    expect(judge(document)).toEqual([]);
    const kinds = prove([{ name: 'stack', document }]).workloads.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['agent', 'proxy', 'proxy', 'tool']);
  });

  test('holds its credential and role, while the agent has neither', () => {
    expect(asList(container(template, 'tool').Secrets)).toHaveLength(1);
    expect(container(template, 'agent').Secrets).toBeUndefined();
    const roles = resourcesOf(template, 'AWS::ECS::TaskDefinition').filter(({ Properties }) => Properties.TaskRoleArn);
    expect(roles).toHaveLength(3); // the tool and two proxies
  });

  test('is hardened like an agent', () => {
    expect(container(template, 'tool')).toMatchObject({
      ReadonlyRootFilesystem: true,
      User: '1000:1000',
      Privileged: false,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
  });

  test('is met by the proxy at an endpoint of its own network, by a private zone of exactly its name', () => {
    const zones = resourcesOf(template, 'AWS::Route53::HostedZone').map(({ Properties }) => [
      Properties.Name,
      JSON.stringify(Properties.VPCs).includes('Egress'),
    ]);
    expect(zones).toContainEqual([`${HOST}.`, true]);
    const listeners = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener').map(
      ({ Properties }) => Properties,
    );
    expect(listeners.filter(({ Protocol }) => Protocol === 'TLS')).toHaveLength(1);
  });

  test('admits its balancer alone, which admits nobody of its own network', () => {
    const ingress = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties);
    const into = ingress.filter(({ GroupId }) => JSON.stringify(GroupId) === idOf(server.securityGroup));
    expect(into.map(({ SourceSecurityGroupId }) => JSON.stringify(SourceSecurityGroupId))).toEqual([
      expect.stringContaining('ToolFrontPrivateSecurityGroup'),
    ]);
    expect(ingress.filter(({ GroupId }) => JSON.stringify(GroupId).includes('ToolFrontPrivate'))).toEqual([]);
  });

  test('reads its secret by an endpoint that the agent is not let into', () => {
    const egress = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties);
    const secrets = egress.filter(({ DestinationSecurityGroupId }) =>
      JSON.stringify(DestinationSecurityGroupId ?? '').includes('SecretsSecurityGroup'),
    );
    expect(secrets.map(({ GroupId }) => JSON.stringify(GroupId))).toEqual([idOf(server.securityGroup)]);
    expect(idOf(agent.securityGroup)).not.toBe(idOf(server.securityGroup));
  });

  const change = (edit: (resources: Record<string, { Type: string; Properties: Record<string, unknown> }>) => void) => {
    // A copy of plain JSON, of the shape that CloudFormation defines.
    const document = structuredClone(template.toJSON()) as { Resources: Parameters<typeof edit>[0] };
    edit(document.Resources);
    return judge(document).map(({ claim, verdict }) => `${claim} ${verdict}`);
  };
  const rule = (type: 'Egress' | 'Ingress', properties: object) => ({
    Type: `AWS::EC2::SecurityGroup${type}`,
    Properties: { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, ...properties },
  });
  const groupOf = (one: { securityGroupId: string }): unknown => stack.resolve(one.securityGroupId);

  test('is open when agents are let in past the proxy', () => {
    const both = change((resources) => {
      resources.In = rule('Ingress', {
        GroupId: groupOf(server.securityGroup),
        SourceSecurityGroupId: groupOf(agent.securityGroup),
      });
      resources.Out = rule('Egress', {
        GroupId: groupOf(agent.securityGroup),
        DestinationSecurityGroupId: groupOf(server.securityGroup),
      });
    });
    expect(both).toContain('neighbour open');
  });

  test('is open when it admits addresses, opens sessions or stands on the internet', () => {
    const admit = { GroupId: groupOf(server.securityGroup), CidrIp: '10.1.0.0/24' };
    expect(change((resources) => (resources.In = rule('Ingress', admit)))).toContain('tool open');
    const every = (type: string, name: string, key: string, value: unknown) =>
      change((resources) => {
        for (const [id, { Type, Properties }] of Object.entries(resources))
          if (Type === type && id.startsWith(name)) Properties[key] = value;
      });
    expect(every('AWS::ECS::Service', 'ToolService', 'EnableExecuteCommand', true)).toContain('tool open');
    const balancer = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
    expect(every(balancer, 'ToolFront', 'Scheme', 'internet-facing')).toContain('tool open');
  });

  test('is open when it has a way of its own to another network', () => {
    const table: unknown = stack.resolve(agent.network.vpc.isolatedSubnets[0]?.routeTable.routeTableId);
    const found = change((resources) => {
      resources.Route = {
        Type: 'AWS::EC2::Route',
        Properties: {
          RouteTableId: table,
          DestinationCidrBlock: '0.0.0.0/0',
          TransitGatewayId: 'tgw-0123456789abcdef0',
        },
      };
      resources.Out = rule('Egress', { GroupId: groupOf(server.securityGroup), CidrIp: '0.0.0.0/0' });
    });
    expect(found).toContain('ip open');
  });

  test('is open when its role is granted everything, and closed when it is granted one thing', () => {
    const grant = (actions: string[], resources: string[]) => {
      const made = parts();
      made.server.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
      return judge(Template.fromStack(made.stack).toJSON()).map(({ claim, verdict }) => `${claim} ${verdict}`);
    };
    expect(grant(['s3:*'], ['*'])).toContain('tool open');
    expect(grant(['sqs:SendMessage'], ['arn:aws:sqs:us-east-1:111122223333:tickets'])).toEqual([]);
  });

  test('is stopped at synth when its group is opened later', () => {
    const made = parts();
    made.server.securityGroup.addEgressRule(Peer.ipv4('203.0.113.0/24'), Port.tcp(443));
    expect(() => Template.fromStack(made.stack)).toThrow(
      /tool\.securityGroup: expected egress only to .* got an address range "203\.0\.113\.0\/24"; remove the rule \[tool-egress-open\]/,
    );
  });
});

describe('what a tool refuses', () => {
  test('a host that the policy doesn’t name', () => {
    expect(() => parts(policyOf('coder', { host: 'other.example', rules: 'any' }))).toThrow(
      'host: expected a host of the policy "coder", got "tickets.tools.example": agents reach a tool through its rules only; add an upstream of that name [tool-not-in-policy]',
    );
  });

  test('an upstream at public addresses', () => {
    expect(() => parts(policyOf('coder', { host: HOST, rules: 'any' }))).toThrow(
      'policy.upstreams(tickets.tools.example).addresses: expected ["10.0.0.0/24"], the proxy’s own network, where the tool is met, got "public" [tool-addresses]',
    );
  });

  test('a tool that nobody can verify, and one that is verified twice', () => {
    expect(() => parts(undefined, () => ({}))).toThrow(
      /ca: expected the authority that signed the tool’s certificate, got none: .*\[tool-identity\]/,
    );
    expect(() => parts(policyOf('coder', tool({ ca: 'corp' })))).toThrow(
      /ca: expected none beside a certificate of ACM, .*\[tool-identity\]/,
    );
    const own = Template.fromStack(parts(policyOf('coder', tool({ ca: 'corp' })), () => ({})).stack);
    const listeners = resourcesOf(own, 'AWS::ElasticLoadBalancingV2::Listener').map(({ Properties }) => Properties);
    expect(new Set(listeners.map(({ Protocol }) => Protocol))).toEqual(new Set(['TCP']));
  });

  test('the agents’ own window as its way out, another registry, and a key in the open, all at once', () => {
    const key = `sk-ant-api03-${'x1Y2'.repeat(20)}`;
    const attempt = () =>
      parts(undefined, (stack, { window }) => ({
        ...certified(stack),
        egress: window,
        image: PinnedImage.fromRegistry(`registry.example/tool@${DIGEST}`),
        environment: { TOKEN: key, LEVEL: 'info' },
      }));
    expect(attempt).toThrow(
      /\[tool-egress-shared\]\nenvironment\.TOKEN: expected no secret, .*\[secret-in-plain-text\]\n.*\[variable-named-twice\]\nimage: .*\[image-not-in-ecr\]$/,
    );
    expect(attempt).not.toThrow(key);
  });
});
