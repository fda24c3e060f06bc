import { Template } from 'aws-cdk-lib/assertions';
import { unpackFiles } from '../../lib/aws';
import { compile } from '../../lib/envoy';
import { agentStack, asList, asObject, carriedFiles, container, POLICY, resourcesOf } from './stack';

const { stack, agent } = agentStack();
const template = Template.fromStack(stack);
const SENTINEL = { CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 };

test('carries exactly the bytes that compile() gives', () => {
  expect(unpackFiles(carriedFiles(template))).toEqual(compile(POLICY).files);
});

test('is the same template twice', () => {
  expect(JSON.stringify(Template.fromStack(agentStack().stack).toJSON())).toBe(JSON.stringify(template.toJSON()));
});

test('gives the agent no task role, while the proxy has one', () => {
  const tasks = resourcesOf(template, 'AWS::ECS::TaskDefinition');
  const withRole = tasks.filter(({ Properties }) => Properties.TaskRoleArn !== undefined);
  expect(tasks).toHaveLength(2);
  expect(
    withRole.map(({ Properties }) => asList(Properties.ContainerDefinitions).map((one) => asObject(one).Name)),
  ).toEqual([['keeper', 'envoy']]);
});

test('hardens the agent: read-only root, uid 1000, no capability, no secret, a noexec tmpfs', () => {
  const found = container(template, 'agent');
  expect(found).toMatchObject({
    ReadonlyRootFilesystem: true,
    User: '1000:1000',
    Privileged: false,
    LinuxParameters: {
      Capabilities: { Drop: ['ALL'] },
      Tmpfs: [{ ContainerPath: '/tmp', MountOptions: ['rw', 'nosuid', 'nodev', 'noexec'] }],
    },
  });
  expect(found.Secrets).toBeUndefined();
  expect(JSON.stringify(found.Image)).toContain(`@sha256:${'a'.repeat(64)}`);
});

test('tells the agent where the proxy is, and gives it a placeholder for a key', () => {
  const names = asList(container(template, 'agent').Environment).map((one) => asObject(one).Name);
  expect(names).toEqual(
    expect.arrayContaining(['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY']),
  );
});

test('lets the agent reach the window, the platform endpoints and the S3 prefix list, nothing else', () => {
  const groupId = stack.resolve(agent.task.securityGroup.securityGroupId);
  const rules = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress').filter(
    ({ Properties }) => JSON.stringify(Properties.GroupId) === JSON.stringify(groupId),
  );
  expect(rules.map(({ Properties }) => Properties.ToPort).sort()).toEqual([3128, 443, 443, 443, 80, 8080]);
  const elsewhere = rules.filter(({ Properties }) => Properties.DestinationSecurityGroupId === undefined);
  expect(
    elsewhere.map(({ Properties }) => Object.keys(Properties).filter((key) => /Cidr|Destination/.test(key))),
  ).toEqual([['DestinationPrefixListId']]);
});

test('states an egress rule in every security group, so that none is made allow-all', () => {
  const groups = resourcesOf(template, 'AWS::EC2::SecurityGroup');
  expect(groups.length).toBeGreaterThanOrEqual(5);
  for (const { Properties } of groups)
    expect(Properties.SecurityGroupEgress).toMatchObject(expect.arrayContaining([expect.objectContaining(SENTINEL)]));
});

test('opens no group to the world but the proxy, on the ports of the policy', () => {
  const inline = resourcesOf(template, 'AWS::EC2::SecurityGroup');
  expect(inline.filter(({ Properties }) => JSON.stringify(Properties).includes('0.0.0.0/0'))).toEqual([]);
  const proxy = agent.proxy.service.connections.securityGroups.map(
    (group) => stack.resolve(group.securityGroupId) as unknown,
  );
  const open = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress').filter(
    ({ Properties }) => Properties.CidrIp !== undefined,
  );
  expect(open.map(({ Properties }) => [Properties.GroupId, Properties.CidrIp, Properties.ToPort])).toEqual([
    [proxy[0], '0.0.0.0/0', 443],
  ]);
});

test('puts gateways and default routes in the proxy network alone', () => {
  const agentVpc = JSON.stringify(stack.resolve(agent.network.vpc.vpcId));
  expect(resourcesOf(template, 'AWS::EC2::InternetGateway')).toHaveLength(1);
  const attached = resourcesOf(template, 'AWS::EC2::VPCGatewayAttachment').map(({ Properties }) =>
    JSON.stringify(Properties.VpcId),
  );
  expect(attached).toHaveLength(1);
  expect(attached).not.toContain(agentVpc);
  const agentTables = agent.network.vpc.isolatedSubnets.map((subnet) =>
    JSON.stringify(stack.resolve(subnet.routeTable.routeTableId)),
  );
  const routed = resourcesOf(template, 'AWS::EC2::Route').map(({ Properties }) =>
    JSON.stringify(Properties.RouteTableId),
  );
  expect(agentTables).toHaveLength(2);
  expect(routed.filter((table) => agentTables.includes(table))).toEqual([]);
});

test('blocks every name that is not allowed, after the allowed ones', () => {
  template.hasResourceProperties('AWS::Route53Resolver::FirewallRuleGroup', {
    FirewallRules: [
      { Action: 'ALLOW', Priority: 100 },
      { Action: 'BLOCK', Priority: 200, BlockResponse: 'NODATA' },
    ],
  });
  const lists = resourcesOf(template, 'AWS::Route53Resolver::FirewallDomainList').map(({ Properties }) =>
    asList(Properties.Domains),
  );
  expect(lists.map((domains) => domains.length).sort()).toEqual([1, 7]);
});

test('logs every name that is asked for in the agents’ network, for a year', () => {
  const [config] = resourcesOf(template, 'AWS::Route53Resolver::ResolverQueryLoggingConfig');
  const [of] = resourcesOf(template, 'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation');
  expect(JSON.stringify(config?.Properties.DestinationArn)).toContain('NamesQueryLog');
  expect(JSON.stringify(of?.Properties.ResourceId)).toContain('AgentNetworkVpc');
});

test('gives every interface endpoint of AWS a policy that refuses foreign principals', () => {
  const endpoints = resourcesOf(template, 'AWS::EC2::VPCEndpoint');
  const withPolicy = endpoints.filter(({ Properties }) => Properties.PolicyDocument !== undefined);
  expect(endpoints).toHaveLength(5);
  expect(withPolicy).toHaveLength(4); // the proxy's own endpoint takes none
  const interfaces = withPolicy.filter(({ Properties }) => Properties.VpcEndpointType === 'Interface');
  expect(interfaces).toHaveLength(3);
  for (const { Properties } of interfaces)
    expect(JSON.stringify(Properties.PolicyDocument)).toContain('OurPrincipalsOnly');
});

test('makes secrets empty, and denies their value to all but the proxy', () => {
  const secrets = resourcesOf(template, 'AWS::SecretsManager::Secret');
  expect(secrets.map(({ Properties }) => Properties.SecretString)).toEqual([undefined, undefined]);
  // The one that is generated is no credential: the authority's key is derived from it.
  const generated = secrets.filter(({ Properties }) => Properties.GenerateSecretString !== undefined);
  expect(generated.map(({ Properties }) => Properties.Description)).toEqual([
    'Seed of the certificate authority of the egress proxy; only the proxy reads it',
  ]);
  const policies = resourcesOf(template, 'AWS::SecretsManager::ResourcePolicy');
  expect(policies).toHaveLength(2);
  for (const { Properties } of policies)
    expect(JSON.stringify(Properties)).toContain('"ArnNotEquals":{"aws:PrincipalArn":');
});

test('holds no account id and no path of the machine', () => {
  const text = JSON.stringify(template.toJSON());
  expect(text).not.toMatch(/(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/);
  expect(text).not.toContain(process.cwd());
});

test('asks keeper itself whether it is well, and gives a first deployment time to fill the secrets', () => {
  expect(container(template, 'keeper').HealthCheck).toEqual({
    Command: ['CMD', '/keeper', '--check', '/run/anchorhold'],
    Interval: 5,
    Retries: 10,
    StartPeriod: 300,
    Timeout: 5,
  });
  expect(container(template, 'envoy').DependsOn).toEqual([{ ContainerName: 'keeper', Condition: 'HEALTHY' }]);
});

test('has the balancer ask Envoy for the authority, which is there only after keeper was ready', () => {
  const groups = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  expect(groups.map(({ Properties }) => Properties.Port).sort()).toEqual([3128, 443, 80, 8080]);
  for (const { Properties } of groups)
    expect(Properties).toMatchObject({
      HealthCheckPath: '/.well-known/anchorhold/authority.crt',
      HealthCheckPort: '8080',
      HealthCheckProtocol: 'HTTP',
      Matcher: { HttpCode: '200' },
      TargetGroupAttributes: expect.arrayContaining([{ Key: 'deregistration_delay.timeout_seconds', Value: '600' }]),
    });
});

test('scales the proxy, rolls a failed deployment back, and never runs fewer tasks than asked', () => {
  template.hasResourceProperties('AWS::ECS::Service', {
    DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100 },
  });
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 6 });
});
