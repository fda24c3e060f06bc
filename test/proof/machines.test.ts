import { Template } from 'aws-cdk-lib/assertions';
import { stack } from '../../examples/aws-compute/app';
import { prove, type ProveOptions, type Report } from '../../lib/proof';

process.env.CDK_VALIDATION = 'false';

/** A template's own JSON, edited in place. */
interface Json {
  [key: string]: Json;
}

interface Resource {
  Type: string;
  Properties: Json;
}
type Resources = Record<string, Resource>;

const text = JSON.stringify(Template.fromStack(stack).toJSON());
const NAMES = 'microvm-names(MicrovmAgentImage2A4FA52C)';
const ASSUMED: ProveOptions = { assume: [NAMES] };

function proved(change: (resources: Resources) => void = () => undefined, options = ASSUMED): Report {
  const document = JSON.parse(text) as { Resources: Resources };
  change(document.Resources);
  return prove([{ name: 'compute', document }], options);
}

/** The claims of one agent that aren't closed, with their verdicts. */
function turned({ findings }: Report, agent: 'Gvisor' | 'Microvm'): string[] {
  const found = findings.filter(({ workload, verdict }) => workload.startsWith(agent) && verdict !== 'closed');
  return [...new Set(found.map(({ claim, verdict }) => `${claim} ${verdict}`))].sort();
}

const only = (resources: Resources, prefix: string, type: string): Resource => {
  const [found] = Object.entries(resources).filter(([id, { Type }]) => id.startsWith(prefix) && Type === type);
  if (!found) throw new Error(`no ${type} of ${prefix}`);
  return found[1];
};
/** Replaces text in the definition of an agent's launcher, which is joined text. */
const states = (prefix: string, from: string | RegExp, to: string) => (resources: Resources) => {
  const machine = only(resources, prefix, 'AWS::StepFunctions::StateMachine');
  const before = JSON.stringify(machine.Properties.DefinitionString);
  const after = before.replace(from, to);
  if (after === before) throw new Error('nothing replaced');
  machine.Properties.DefinitionString = JSON.parse(after) as Json;
};
const role = (action: string, resource: unknown) => (resources: Resources) => {
  const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] };
  Object.assign(resources, {
    Stranger: { Type: 'AWS::IAM::Policy', Properties: { Roles: ['stranger'], PolicyDocument } },
  });
};

test('both agents are closed, one of them in each of its zones, and a MicroVM once it is stated which resolver it asks', () => {
  const report = proved();
  expect(report.workloads.map(({ kind, known, verdict }) => [kind, known, verdict])).toEqual([
    ['agent', 'marked', 'closed'],
    ['agent', 'marked', 'closed'],
    ['agent', 'marked', 'closed'],
    ['proxy', 'marked', 'closed'],
  ]);
  expect(report).toMatchObject({ verdict: 'closed', types: { unknown: {} }, assumed: [NAMES] });
  const unstated = proved(undefined, {});
  expect(turned(unstated, 'Microvm')).toEqual(['dns unproven']);
  expect(turned(unstated, 'Gvisor')).toEqual([]);
  expect(unstated.findings.flatMap(({ missing = [] }) => missing.map(({ id }) => id))).toEqual([NAMES]);
});

test('each reaches the proxy by the window, and the report says where it stands', () => {
  const report = proved();
  for (const agent of ['Gvisor', 'Microvm'])
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        workload: expect.stringContaining(agent) as string,
        destination: expect.stringMatching(/^the proxy, by Window/) as string,
      }),
    );
  expect(report.workloads.map(({ places = [] }) => places.map(({ subnets }) => subnets.length))).toEqual([
    [2],
    [1],
    [1],
    [2],
  ]);
});

/** A part of a resource, by the names that lead to it. */
const part = (resource: Resource, ...path: string[]): Json =>
  path.reduce<Json>((found, name) => found[name] ?? {}, resource.Properties);
const data = (resources: Resources) =>
  part(only(resources, 'Gvisor', 'AWS::EC2::LaunchTemplate'), 'LaunchTemplateData');
const group = (resources: Resources, agent: string) => only(resources, agent, 'AWS::EC2::SecurityGroup').Properties;
const set = (target: Json, values: object) => void Object.assign(target, values);
const idOf = (resources: Resources, prefix: string, type: string) =>
  Object.keys(resources).find((id) => id.startsWith(prefix) && resources[id]?.Type === type) ?? '';

/** A group that lets everything out, and a route from every agents' subnet to a NAT. */
const opened = (agent: string) => (resources: Resources) => {
  set(group(resources, agent), { SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }] });
  for (const id of Object.keys(resources).filter((one) => /^NetworkVpcAgentSubnet\dRouteTable[0-9A-F]{8}$/.test(one))) {
    const properties = { RouteTableId: { Ref: id }, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' };
    set(resources as never, { [`${id}Out`]: { Type: 'AWS::EC2::Route', Properties: properties } });
  }
};
const NOTHING_KNOWN = ['audit', 'cloud-api', 'dns', 'inbound', 'ip', 'launcher', 'neighbour', 'role', 'secrets'].map(
  (claim) => `${claim} unproven`,
);
/** Makes of one state a call that names the template. */
const inState = (agent: string, name: string, call: string) => (resources: Resources) => {
  const id = idOf(resources, agent, 'AWS::EC2::LaunchTemplate');
  const state = `"Type":"Task","Resource":"arn:aws:states:::aws-sdk:${call}","Parameters":{"Id":"X"},"Was":`;
  states(agent, `\\"${name}\\":{\\"Type\\":`, `\\"${name}\\":{${state.replaceAll('"', '\\"')}`)(resources);
  states(agent, '\\"X\\"', `\\"",${JSON.stringify({ Ref: id })},"\\"`)(resources);
};
const inCall = (agent: string, first: string, more: string) =>
  states(agent, `\\"${first}\\":`, `${more.replaceAll('"', '\\"')},\\"${first}\\":`);

test.each<[string, (resources: Resources) => void, string[]]>([
  ['its metadata service is on', (r) => set(data(r), { MetadataOptions: {} }), ['role unproven']],
  [
    'its metadata service is on and it has a profile',
    (r) => set(data(r), { IamInstanceProfile: { Name: 'x' }, MetadataOptions: {} }),
    ['role open'],
  ],
  [
    'it has a profile that no metadata service gives out',
    (r) => set(data(r), { IamInstanceProfile: { Name: 'x' } }),
    [],
  ],
  ['it has user data', (r) => set(data(r), { UserData: 'IyEvYmluL3No' }), ['audit unproven', 'secrets unproven']],
  ['its machine image is looked up at each start', (r) => set(data(r), { ImageId: 'resolve:ssm:/x' }), NOTHING_KNOWN],
  ['its group lets everything out and a route leads to a NAT', opened('Gvisor'), ['cloud-api open', 'ip open']],
  [
    'its group admits someone',
    (r) => set(group(r, 'Gvisor'), { SecurityGroupIngress: [{ CidrIp: '10.0.0.0/8', IpProtocol: '-1' }] }),
    ['inbound open'],
  ],
  [
    'its launcher starts another version',
    states('Gvisor', /\{"Fn::GetAtt":\["GvisorAgentTemplate[0-9A-F]*","LatestVersionNumber"\]\}/, '"$Default"'),
    NOTHING_KNOWN,
  ],
  [
    'its launcher gives it a profile and its metadata',
    inCall('Gvisor', 'MinCount', '"IamInstanceProfile":{"Name":"x"},"MetadataOptions":{"HttpEndpoint":"enabled"}'),
    ['role open'],
  ],
  [
    'its caller chooses its network',
    inCall('Gvisor', 'MinCount', '"NetworkInterfaces.$":"$.x"'),
    [...NOTHING_KNOWN.filter((one) => !one.startsWith('launcher')), 'launcher open'],
  ],
  ['its launcher makes a fleet of it too', inState('Gvisor', 'Wait', 'ec2:createFleet'), NOTHING_KNOWN],
  [
    'a second interface of it says no group',
    (r) =>
      set(data(r), {
        NetworkInterfaces: [...(data(r).NetworkInterfaces as never as Json[]), { SubnetId: 'subnet-1' }],
      }),
    NOTHING_KNOWN.filter((one) => !/^(?:audit|secrets) /.test(one)),
  ],
  ['others may start instances', role('ec2:RunInstances', '*'), ['launcher open']],
  ['others may turn its metadata service on', role('ec2:ModifyInstanceMetadataOptions', '*'), ['launcher open']],
  ['others may give it a profile', role('ec2:AssociateIamInstanceProfile', '*'), ['launcher open']],
  [
    'an instance beside its launcher is made from it',
    (r) => {
      const LaunchTemplateId = { Ref: idOf(r, 'Gvisor', 'AWS::EC2::LaunchTemplate') };
      const Properties = { LaunchTemplate: { LaunchTemplateId, Version: '1' } };
      set(r as never, { Other: { Type: 'AWS::EC2::Instance', Properties } });
    },
    NOTHING_KNOWN,
  ],
])('an instance: %s', (_name, change, expected) => {
  expect(turned(proved(change), 'Gvisor')).toEqual([...expected].sort());
});

const way = (resources: Resources) =>
  part(only(resources, 'Microvm', 'AWS::Lambda::NetworkConnector'), 'Configuration', 'VpcEgressConfiguration');
const image = (resources: Resources) => only(resources, 'Microvm', 'AWS::Lambda::MicrovmImage').Properties;
const EGRESS = /\\"EgressNetworkConnectors\\":\[\\"",\{"Fn::GetAtt":\["[A-Za-z0-9]*","LatestVersionArn"\]\},"\\"\],/;
/** Nobody knows where it is placed, and its connector is no agent's any more. */
const UNPLACED = ['cloud-api', 'dns', 'inbound', 'launcher', 'model', 'neighbour', 'role'].map(
  (one) => `${one} unproven`,
);

test.each<[string, (resources: Resources) => void, string[]]>([
  [
    'its launcher names no connector, so that it has the internet',
    states('Microvm', EGRESS, ''),
    ['ip open', ...UNPLACED],
  ],
  [
    'its launcher names the internet',
    states('Microvm', EGRESS, '\\"EgressNetworkConnectors\\":[\\"arn:x:aws-network-connector:INTERNET_EGRESS\\"],'),
    ['ip open', ...UNPLACED],
  ],
  [
    'its launcher names no connector for ingress',
    states('Microvm', 'IngressNetworkConnectors', 'Nothing'),
    ['inbound open'],
  ],
  [
    'its launcher names another connector for ingress',
    states('Microvm', 'NO_INGRESS', 'SHELL_INGRESS'),
    ['inbound open'],
  ],
  [
    'its launcher gives it a role',
    inCall('Microvm', 'MaximumDurationInSeconds', '"ExecutionRoleArn":"arn:aws:iam::123456789012:role/x"'),
    ['role unproven'],
  ],
  [
    'its caller gives it a role',
    inCall('Microvm', 'MaximumDurationInSeconds', '"ExecutionRoleArn.$":"$.role"'),
    [...NOTHING_KNOWN.filter((one) => !/^(?:launcher|role) /.test(one)), 'launcher open', 'role open', 'role unproven'],
  ],
  ['its launcher starts whatever version is the latest', states('Microvm', 'ImageVersion', 'Nothing'), NOTHING_KNOWN],
  [
    'its connector has other groups, which no template holds',
    (r) => set(way(r), { SecurityGroupIds: ['sg-1'] }),
    ['inbound unproven', 'neighbour unproven'],
  ],
  [
    'its connector’s group lets everything out and a route leads to a NAT',
    opened('Microvm'),
    ['cloud-api open', 'ip open'],
  ],
  [
    'its build role may do more than build',
    (r) => {
      const Statement = [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/*' }];
      const Roles = [{ Ref: idOf(r, 'MicrovmAgentBuildRole', 'AWS::IAM::Role') }];
      set(r as never, { More: { Type: 'AWS::IAM::Policy', Properties: { Roles, PolicyDocument: { Statement } } } });
    },
    ['role open'],
  ],
  [
    'its build writes into the proxy’s log',
    (r) => set(image(r), { Logging: { CloudWatch: { LogGroup: { Ref: idOf(r, 'Proxy', 'AWS::Logs::LogGroup') } } } }),
    ['audit open'],
  ],
  [
    'a variable of its image is shaped like a key',
    (r) => set(image(r), { EnvironmentVariables: [{ Key: 'X', Value: `sk-ant-api03-${'x1Y2'.repeat(20)}` }] }),
    ['secrets unproven'],
  ],
  ['others may start MicroVMs', role('lambda:RunMicrovm', '*'), ['launcher open']],
  ['others may pass connectors', role('lambda:PassNetworkConnector', '*'), ['launcher open']],
  ['others may make tokens for it', role('lambda:CreateMicrovmAuthToken', '*'), ['launcher open']],
])('a MicroVM: %s', (_name, change, expected) => {
  expect(turned(proved(change), 'Microvm')).toEqual([...expected].sort());
});

test('a call that isn’t known is named as what is missing', () => {
  const { findings } = proved(inState('Gvisor', 'Wait', 'ec2:createFleet'));
  const missing = new Set(findings.flatMap((one) => (one.missing ?? []).map(({ id }) => id)));
  expect([...missing].filter((id) => id !== NAMES)).toEqual([
    expect.stringMatching(/^starts\(GvisorLauncherStateMachine/),
  ]);
});

test('a launch template, an image or a connector that is no agent’s stays a type that isn’t known', () => {
  const report = proved((resources) => {
    for (const { Metadata } of Object.values(resources) as (Resource & { Metadata?: Json })[])
      if (Metadata) delete Metadata['anchorhold:workload'];
  });
  expect(report.workloads).not.toContainEqual(expect.objectContaining({ known: 'marked' }));
  const missing = report.findings.flatMap((one) => (one.missing ?? []).map(({ id }) => id));
  expect(missing.filter((id) => id.startsWith('type('))).toHaveLength(4);
});

test('an agent that is no ECS task can be named', () => {
  const agents = ['GvisorAgentTemplate3C1378D1'];
  const report = proved(undefined, { agents });
  expect(report.workloads.filter(({ kind }) => kind === 'agent')).toEqual([
    expect.objectContaining({ id: agents[0], known: 'named', verdict: 'unproven' }),
  ]);
  expect(report.problems).toEqual([]);
});
