import { Match, Template } from 'aws-cdk-lib/assertions';
import { agents, machineFiles, stack as example } from '../../examples/aws-compute/app';
import { gvisorMachineFiles } from '../../lib/aws';
import { asList, asObject, type Json, POLICY, resourcesOf } from './stack';

process.env.CDK_VALIDATION = 'false';

const template = Template.fromStack(example);
const one = (type: string): Readonly<Record<string, Json>> => {
  const [found, ...more] = resourcesOf(template, type);
  if (!found || more.length > 0) throw new Error(`expected one ${type}`);
  return found.Properties;
};
/** Statements of the policies of roles whose logical id begins with `owner`. */
const statements = (owner: string) =>
  resourcesOf(template, 'AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(owner))
    .flatMap(({ Properties }) => asList(asObject(Properties.PolicyDocument).Statement).map(asObject));

describe('the agents’ network of both', () => {
  test('has no endpoint but the proxy’s, and no bucket is reached', () => {
    const endpoints = resourcesOf(template, 'AWS::EC2::VPCEndpoint').map(({ Properties }) =>
      JSON.stringify(Properties),
    );
    expect(endpoints.filter((text) => text.includes('NetworkVpc'))).toHaveLength(1);
    expect(JSON.stringify(resourcesOf(template, 'AWS::EC2::LaunchTemplate'))).not.toContain('pl-');
  });

  test('a grantee starts both launchers, and does nothing else', () => {
    const found = statements('Front');
    expect(found.flatMap(({ Action }) => Action)).toEqual(['states:StartExecution', 'states:StartExecution']);
    expect(agents.microvm.task).toBeUndefined();
  });
});

describe('an instance', () => {
  const zones = resourcesOf(template, 'AWS::EC2::LaunchTemplate').map(({ Properties }) =>
    asObject(Properties.LaunchTemplateData),
  );
  const [data = {}] = zones;

  test('has no profile, key pair, user data or metadata service, an encrypted volume, and ends when it is turned off', () => {
    expect(Object.keys(data).sort()).toEqual([
      'BlockDeviceMappings',
      'ImageId',
      'InstanceInitiatedShutdownBehavior',
      'InstanceType',
      'MetadataOptions',
      'NetworkInterfaces',
    ]);
    expect(data).toMatchObject({
      InstanceInitiatedShutdownBehavior: 'terminate',
      MetadataOptions: { HttpEndpoint: 'disabled' },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, DeleteOnTermination: true } }],
      NetworkInterfaces: [{ AssociatePublicIpAddress: false, Groups: [expect.anything()] }],
    });
  });

  test('is started from one version of its template alone: IAM refuses whatever a request puts in its place', () => {
    const [bound, instance, look, end] = statements('GvisorLauncher');
    const ofTemplate = { ArnEquals: { 'ec2:LaunchTemplate': expect.anything() as unknown } };
    expect(bound?.Condition).toEqual({ ...ofTemplate, Bool: { 'ec2:IsLaunchTemplateResource': 'true' } });
    expect(instance?.Condition).toEqual({
      ...ofTemplate,
      StringEquals: { 'ec2:MetadataHttpEndpoint': 'disabled' },
      Null: { 'ec2:InstanceProfile': 'true' },
    });
    expect([bound, instance, look, end].map((found) => found?.Action)).toEqual([
      'ec2:RunInstances',
      'ec2:RunInstances',
      'ec2:DescribeInstances',
      'ec2:TerminateInstances',
    ]);
    expect(Object.keys(asObject(asObject(end?.Condition).StringEquals))).toEqual([
      'ec2:ResourceTag/aws:ec2launchtemplate:id',
    ]);
    expect(JSON.stringify(statements('GvisorLauncher'))).not.toContain('PassRole');
  });

  test('is the same in each zone of its network but for the subnet, and its launcher chooses between these alone', () => {
    const subnets = zones.map(({ NetworkInterfaces }) => asObject(asList(NetworkInterfaces)[0]).SubnetId);
    expect(new Set(subnets.map((subnet) => JSON.stringify(subnet))).size).toBe(2);
    const [first, second] = zones.map((zone) => JSON.stringify(zone).replace(/"SubnetId":\{[^}]*\}/, ''));
    expect(second).toBe(first);
    const [bound] = statements('GvisorLauncher');
    const started = JSON.stringify(bound?.Resource);
    for (const subnet of subnets) expect(started).toContain(JSON.stringify(subnet));
    expect(asList(asObject(asObject(bound?.Condition).ArnEquals)['ec2:LaunchTemplate'])).toHaveLength(2);
    expect(started.match(/:subnet\//g)).toHaveLength(2);
  });

  test('finds its proxy by a name that its machine image knew before', () => {
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'proxy.coder.anchorhold.internal.',
      Type: 'CNAME',
    });
    template.hasResourceProperties('AWS::Route53Resolver::FirewallDomainList', {
      Domains: Match.arrayWith(['proxy.coder.anchorhold.internal']),
    });
    expect(machineFiles['/etc/systemd/system/anchorhold-window@.service']).toContain(
      'proxyd proxy.coder.anchorhold.internal:%i',
    );
  });
});

describe('a machine image for gVisor', () => {
  const files = gvisorMachineFiles({ policy: POLICY, command: ['node', 'main.mjs'], pids: 64 });
  // The bundle of this test's own making, as OCI has it.
  const config = JSON.parse(files['/usr/local/lib/anchorhold/bundle/config.json'] ?? '') as Record<string, Json>;

  test('runs the agent without a network, capability, new privilege or writable root, and with limits', () => {
    expect(files['/usr/local/lib/anchorhold/run']).toMatch(
      /^exec runsc .*--network=none --host-uds=open .* run --bundle/m,
    );
    expect(config).toMatchObject({
      root: { readonly: true },
      process: {
        user: { uid: 1000 },
        noNewPrivileges: true,
        capabilities: { bounding: [], effective: [], permitted: [] },
        args: ['node', expect.anything(), '/run/anchorhold-window', '8080,3128', 'node', 'main.mjs'],
      },
      linux: { resources: { pids: { limit: 64 }, memory: { limit: 4 * 1024 ** 3 } } },
    });
    expect(asList(asObject(config.linux).namespaces)).toContainEqual({ type: 'network' });
  });

  test('gives it two sockets, the authority and the bridge, to read only', () => {
    const bound = asList(config.mounts)
      .map(asObject)
      .filter(({ type }) => type === 'bind');
    expect(bound.map(({ source }) => source)).toEqual([
      '/run/anchorhold',
      '/run/anchorhold-window',
      '/usr/local/lib/anchorhold/bridge.mjs',
    ]);
    expect(bound.every(({ options }) => asList(options).includes('ro'))).toBe(true);
  });

  test('ends the machine whenever the agent ends, well or not', () => {
    const unit = files['/etc/systemd/system/anchorhold-agent.service'];
    expect(unit).toContain('SuccessAction=poweroff-force\nFailureAction=poweroff-force\n');
  });

  test('is the same text for the same policy, and holds no secret', () => {
    expect(gvisorMachineFiles({ policy: POLICY, command: ['node', 'main.mjs'], pids: 64 })).toEqual(files);
    expect(JSON.stringify(files)).not.toContain('anthropic-key');
  });
});

describe('a MicroVM', () => {
  const image = one('AWS::Lambda::MicrovmImage');
  const machine = JSON.stringify(
    resourcesOf(template, 'AWS::StepFunctions::StateMachine').find((found) =>
      JSON.stringify(found).includes('runMicrovm'),
    ),
  ).replaceAll('\\', '');

  test('comes out in the agents’ subnets under its closed group, by IPv4 alone', () => {
    const way = asObject(asObject(one('AWS::Lambda::NetworkConnector').Configuration).VpcEgressConfiguration);
    expect(way).toMatchObject({ AssociatedComputeResourceTypes: ['MicroVm'], NetworkProtocol: 'IPv4' });
    expect(asList(way.SubnetIds)).toHaveLength(2);
    expect(JSON.stringify(way.SecurityGroupIds)).toContain('MicrovmAgentSecurityGroup');
    expect(JSON.stringify(image.EgressNetworkConnectors)).toContain('MicrovmAgentWayConnector');
  });

  test('is told of its proxy by variables, none of them a secret, and of its caller’s text by one hook', () => {
    const variables = asList(image.EnvironmentVariables).map(asObject);
    expect(variables.map(({ Key }) => Key)).toEqual(
      expect.arrayContaining(['HTTPS_PROXY', 'NODE_EXTRA_CA_CERTS', 'ANCHORHOLD_AUTHORITY']),
    );
    expect(image.Hooks).toEqual({ Port: 9000, MicrovmHooks: { Run: 'ENABLED', RunTimeoutInSeconds: 60 } });
    expect(image.AdditionalOsCapabilities).toEqual([]);
  });

  test('is started with both connectors, the version and its end written out, and without a role', () => {
    for (const part of [
      '"IngressNetworkConnectors":["arn:',
      'aws-network-connector:NO_INGRESS"],"EgressNetworkConnectors":["',
      '"LatestVersionArn"',
      '"LatestActiveImageVersion"',
      '"MaximumDurationInSeconds":1800',
      '"RunHookPayload.$":"$.input"',
    ])
      expect(machine).toContain(part);
    expect(machine).not.toContain('ExecutionRoleArn');
  });

  test('its launcher may run that image and pass those connectors, and pass no role', () => {
    const found = statements('MicrovmLauncher');
    expect(found.map(({ Action }) => Action)).toEqual(['lambda:RunMicrovm', 'lambda:PassNetworkConnector']);
    expect(asList(found[1]?.Resource)).toHaveLength(3);
    expect(JSON.stringify(found[1]?.Resource)).not.toContain('*');
  });

  test('its connector makes interfaces in its own subnets with its own group, and its build reads its own code', () => {
    const [make] = statements('MicrovmAgentWayOperator');
    expect(asList(make?.Resource)).toHaveLength(4);
    expect(statements('MicrovmAgentBuildRole').map(({ Action }) => Action)).toEqual([
      's3:GetObject',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ]);
    expect(JSON.stringify(statements('MicrovmAgentBuildRole')).match(/"\*"/g)).toBeNull();
  });
});
