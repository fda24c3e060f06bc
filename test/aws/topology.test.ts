import { Template } from 'aws-cdk-lib/assertions';
import { AgentNetwork, Perimeter, PinnedImage, ProxyWindow, Topology } from '../../lib/aws';
import { definePolicy } from '../../lib/policy';
import { prove } from '../../lib/proof';
import { agentStack, asList, asObject, DIGEST, POLICY, resourcesOf } from './stack';

const shared = (more: object = {}) =>
  agentStack({ topology: Topology.sharedVpc({ redirections: ['x.cdn.example'] }), ...more });
const openOf = (template: Template) =>
  prove([{ name: 'stack', document: template.toJSON() }]).findings.filter(({ verdict }) => verdict !== 'closed');

describe('one network for both', () => {
  const { stack, agent } = shared();
  const template = Template.fromStack(stack);

  test('is proved closed, in one VPC and without PrivateLink between the two', () => {
    expect(openOf(template)).toEqual([]);
    expect(resourcesOf(template, 'AWS::EC2::VPC')).toHaveLength(1);
    expect(resourcesOf(template, 'AWS::EC2::VPCEndpointService')).toEqual([]);
  });

  test('has no route out of the agents’ subnets, while the proxy’s have one', () => {
    const routes = resourcesOf(template, 'AWS::EC2::Route').map(({ Properties }) =>
      JSON.stringify(Properties.RouteTableId),
    );
    const tableOf = (group: string) =>
      agent.network.vpc
        .selectSubnets({ subnetGroupName: group })
        .subnets.map(({ routeTable }) => JSON.stringify(stack.resolve(routeTable.routeTableId)));
    expect(tableOf('Agent').filter((table) => routes.includes(table))).toEqual([]);
    expect(tableOf('Proxy').filter((table) => routes.includes(table))).toEqual(tableOf('Proxy'));
  });

  test('lets the proxy resolve its hosts and the service that holds its secrets, by exact names only', () => {
    const [names] = resourcesOf(template, 'AWS::Route53Resolver::FirewallDomainList').map(({ Properties }) =>
      JSON.stringify(Properties.Domains),
    );
    for (const name of ['"api.anthropic.com"', '"packages.example.com"', '"x.cdn.example"', 'secretsmanager.'])
      expect(names).toContain(name);
    expect(names).not.toContain('*');
  });

  test('logs every name that is asked for in it', () => {
    expect(resourcesOf(template, 'AWS::Route53Resolver::ResolverQueryLoggingConfig')).toHaveLength(1);
    const [of] = resourcesOf(template, 'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation');
    expect(of?.Properties.ResourceId).toEqual(stack.resolve(agent.network.vpc.vpcId));
  });

  test('opens, when a route to NAT is added to the agents’ subnets and a rule lets packets take it', () => {
    const document = structuredClone(template.toJSON()) as { Resources: Record<string, object> };
    const [subnet] = agent.network.vpc.selectSubnets({ subnetGroupName: 'Agent' }).subnets;
    const [nat] = Object.keys(template.findResources('AWS::EC2::NatGateway'));
    document.Resources.Hole = {
      Type: 'AWS::EC2::Route',
      Properties: {
        RouteTableId: stack.resolve(subnet?.routeTable.routeTableId),
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: { Ref: nat },
      },
    };
    document.Resources.Rule = {
      Type: 'AWS::EC2::SecurityGroupEgress',
      Properties: {
        GroupId: stack.resolve(agent.task.securityGroup.securityGroupId),
        IpProtocol: '-1',
        CidrIp: '0.0.0.0/0',
      },
    };
    const report = prove([{ name: 'stack', document }]);
    expect(report.findings.filter(({ verdict }) => verdict === 'open').map(({ claim }) => claim)).toContain('ip');
  });

  test('needs no NAT when every host has an endpoint, and keeps agents from the endpoints of the proxy', () => {
    const policy = definePolicy({
      policy: 1,
      name: 'bedrock',
      upstreams: [
        {
          host: 'bedrock-runtime.us-east-1.amazonaws.com',
          addresses: ['10.0.0.0/24'],
          credential: { sigv4: { service: 'bedrock', region: 'us-east-1' } },
          rules: ['POST /model/x/invoke'],
        },
      ],
    });
    const only = shared({ policy });
    const found = Template.fromStack(only.stack);
    expect(openOf(found)).toEqual([]);
    expect(resourcesOf(found, 'AWS::EC2::NatGateway')).toEqual([]);
    const group = JSON.stringify(only.stack.resolve(only.agent.task.securityGroup.securityGroupId));
    const reached = resourcesOf(found, 'AWS::EC2::SecurityGroupEgress')
      .filter(({ Properties }) => JSON.stringify(Properties.GroupId) === group)
      .map(({ Properties }) => JSON.stringify(Properties.DestinationSecurityGroupId ?? ''));
    expect(reached.join()).not.toMatch(/Bedrock|Secrets/);
    expect(reached.length).toBeGreaterThan(2);
  });

  test('refuses the transparent way, and wildcards, which would be names for data', () => {
    expect(() => shared({ transparent: true })).toThrow(/^transparent: expected false where .*\[transparent-shared\]$/);
    const policy = definePolicy({ policy: 1, name: 'w', upstreams: [{ host: '*.wild.example', tls: 'passthrough' }] });
    expect(() => shared({ policy })).toThrow(
      /got "\*\.wild\.example": names below it would be a way out.*\[wildcard-shared\]/,
    );
  });

  test('refuses agents of another network, and images that the proxy could not pull', () => {
    const { stack: other, agent: one } = shared();
    const network = new AgentNetwork(other, 'Other');
    expect(() => new ProxyWindow(other, 'Window', { network, proxy: one.proxy })).toThrow(
      'window: expected agents in the network that the proxy shares with them, got another network; give them that one, or give the proxy an EgressNetwork [window-elsewhere]',
    );
    const keeper = PinnedImage.fromRegistry(`registry.example/keeper@${DIGEST}`);
    expect(() => shared({ keeper })).toThrow('[image-not-in-ecr]');
  });
});

describe('a perimeter of an organisation', () => {
  const topology = Topology.privateLink({ perimeter: Perimeter.organization('o-a1b2c3d4e5') });
  const template = Template.fromStack(agentStack({ topology, policy: POLICY }).stack);

  test('stands in every endpoint policy in place of the account, and is proved closed', () => {
    const policies = resourcesOf(template, 'AWS::EC2::VPCEndpoint').flatMap(({ Properties }) =>
      Properties.PolicyDocument === undefined
        ? []
        : asList(asObject(Properties.PolicyDocument).Statement).map(asObject),
    );
    const text = JSON.stringify(policies);
    expect(text).toContain('"aws:PrincipalOrgID":"o-a1b2c3d4e5"');
    expect(text).toContain('"aws:ResourceOrgID":"o-a1b2c3d4e5"');
    expect(text).not.toMatch(/aws:(?:Principal|Resource)Account/);
    expect(openOf(template)).toEqual([]);
  });

  test('opens, when the condition is taken out', () => {
    const text = JSON.stringify(template.toJSON()).replaceAll(/"aws:(Principal|Resource)OrgID"/g, '"aws:RequestTag/x"');
    const report = prove([{ name: 'stack', document: JSON.parse(text) }]);
    expect(report.findings.filter(({ verdict }) => verdict === 'open').map(({ claim }) => claim)).toContain(
      'cloud-api',
    );
  });

  test.each(['', 'a1b2c3d4e5', 'o-*', 'o-A1B2C3D4E5'])('refuses "%s"', (id) => {
    expect(() => Perimeter.organization(id)).toThrow(
      `perimeter: expected the id of an organisation such as "o-a1b2c3d4e5", got "${id}"; "aws organizations describe-organization" prints it [perimeter-organization]`,
    );
  });
});
