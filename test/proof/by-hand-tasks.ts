import type { CloudService } from './cloud-services';
import { service, subnet } from './sealed-cell';
import { group, propertiesOf, type Resources } from './templates';

/*
 * Ways out that somebody wrote by hand to see whether the proof says closed: in tasks, what starts them, secrets and roles.
 */

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const made = (Type: string, Properties: object = {}): Resources[string] => ({ Type, Properties });
const EVERYTHING = { CidrIp: '0.0.0.0/0', IpProtocol: '-1' };
const ROLE_ELSEWHERE = 'arn:aws:iam::111111111111:role/starter';

function container(r: Resources): Record<string, unknown> {
  const [first = {}] = propertiesOf(r, 'Task').ContainerDefinitions as Record<string, unknown>[];
  return first;
}

function variable(r: Resources, Value: unknown): void {
  container(r).Environment = [{ Name: 'KEY', Value }];
}

/** A subnet with a way to the internet, and what runs the agent there. */
function outside(r: Resources): object {
  Object.assign(r, subnet('Out', 'Vpc', '10.0.7.0/24', 'OutTable'));
  r.Gateway = made('AWS::EC2::InternetGateway');
  r.OutRoute = made('AWS::EC2::Route', {
    ...{ RouteTableId: ref('OutTable'), DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway') },
  });
  r.OutGroup = group([EVERYTHING]);
  return call('${Task}', '${Out}', '${OutGroup.GroupId}');
}

export const call = (TaskDefinition: string, subnetId: string, groupId: string) => ({
  ...{ TaskDefinition, LaunchType: 'FARGATE' },
  NetworkConfiguration: {
    AwsvpcConfiguration: { Subnets: [subnetId], SecurityGroups: [groupId], AssignPublicIp: 'ENABLED' },
  },
});

function schedule(r: Resources, api: string, input: object): void {
  const Input = { 'Fn::Sub': JSON.stringify(input) };
  const Target = { Arn: `arn:aws:scheduler:::aws-sdk:ecs:${api}`, RoleArn: ROLE_ELSEWHERE, Input };
  r.Schedule = made('AWS::Scheduler::Schedule', { Target });
}

export function machine(r: Resources, state: object, more: object = {}, role: unknown = ROLE_ELSEWHERE): void {
  const definition = { StartAt: 'Run', States: { Run: { Type: 'Task', End: true, ...state } } };
  const DefinitionString = JSON.stringify(definition);
  r.Machine = made('AWS::StepFunctions::StateMachine', { RoleArn: role, DefinitionString, ...more });
}

export const RUN = 'arn:aws:states:::ecs:runTask.sync';
const ANY_LAUNCH = {
  ...({ ip: 'unproven', dns: 'unproven', 'cloud-api': 'unproven', role: 'unproven', secrets: 'unproven' } as const),
  ...({ inbound: 'unproven', neighbour: 'unproven', launcher: 'unproven', audit: 'unproven' } as const),
  proxy: 'unproven',
} as const;
const OUT = { ip: 'open', 'cloud-api': 'open' } as const;

const STARTERS: readonly CloudService[] = [
  ['a schedule that calls ECS by its API', (r) => schedule(r, 'runTask', outside(r)), OUT, []],
  ['a schedule that starts tasks in another way', (r) => schedule(r, 'startTask', {}), ANY_LAUNCH, ['states']],
  [
    'a machine that makes a service',
    (r) => machine(r, { Resource: 'arn:aws:states:::aws-sdk:ecs:createService', Parameters: {} }),
    ANY_LAUNCH,
    ['states'],
  ],
  [
    'a machine whose task, subnet and group are put in at deployment',
    (r) => {
      outside(r);
      propertiesOf(r, 'Task').Family = 'agent';
      const DefinitionSubstitutions = { T: ref('Task'), S: ref('Out'), G: att('OutGroup', 'GroupId') };
      machine(r, { Resource: RUN, Parameters: call('${T}', '${S}', '${G}') }, { DefinitionSubstitutions });
    },
    OUT,
    [],
  ],
  [
    'a machine whose task nothing puts in',
    (r) => {
      propertiesOf(r, 'Task').Family = 'agent';
      machine(r, { Resource: RUN, Parameters: call('${T}', '${S}', '${G}') });
    },
    ANY_LAUNCH,
    ['task'],
  ],
  [
    'a machine whose task is an expression',
    (r) => {
      propertiesOf(r, 'Task').Family = 'agent';
      machine(r, { Resource: RUN, Arguments: call('{% $states.input.task %}', 'subnet-1', 'sg-1') });
    },
    ANY_LAUNCH,
    ['task'],
  ],
  [
    'another revision, by its number',
    (r) => {
      propertiesOf(r, 'Task').Family = 'agent';
      propertiesOf(r, 'Service').TaskDefinition = 'agent:3';
    },
    ANY_LAUNCH,
    ['elsewhere', 'launch', 'revision'],
  ],
  [
    'a task by a name that may be its own in one stack',
    (r) => {
      propertiesOf(r, 'Task').Family = { 'Fn::Sub': '${AWS::StackName}-agent' };
      r.Elsewhere = service('Task', 'Subnet', 'Group', { TaskDefinition: 'live-agent:2' });
    },
    { ...ANY_LAUNCH, proxy: 'unproven' },
    ['elsewhere', 'same'],
  ],
  [
    'another task by its name',
    (r) => {
      propertiesOf(r, 'Task').Family = { 'Fn::Sub': '${AWS::StackName}-agent' };
      propertiesOf(r, 'Proxy').Family = 'proxy';
      r.Elsewhere = service('Task', 'Subnet', 'Group', { TaskDefinition: 'live-web' });
    },
    {},
    [],
  ],
  [
    'sessions of a service whose tasks are started by a task set',
    (r) => {
      r.Outer = made('AWS::ECS::Service', { EnableExecuteCommand: true });
      r.Set = { ...service('Task', 'Subnet', 'Group', { Service: ref('Outer') }), Type: 'AWS::ECS::TaskSet' };
    },
    { inbound: 'open' },
    [],
  ],
  [
    'a task set in the words of CloudFormation',
    (r) => {
      r.Outer = made('AWS::ECS::Service');
      r.Set = { ...service('Task', 'Subnet', 'Group', { Service: ref('Outer') }), Type: 'AWS::ECS::TaskSet' };
      const network = propertiesOf(r, 'Set').NetworkConfiguration as { AwsvpcConfiguration: object };
      propertiesOf(r, 'Set').NetworkConfiguration = { AwsVpcConfiguration: network.AwsvpcConfiguration };
    },
    {},
    [],
  ],
];

const TOLD: readonly CloudService[] = [
  ...(
    [
      ['by Join, as the CDK writes it', { 'Fn::Join': ['', ['{{resolve:secretsmanager:', ref('Secret'), '::}}']] }],
      ['by Sub', { 'Fn::Sub': '{{resolve:secretsmanager:${Secret}:SecretString:key}}' }],
      ['of a user', att('Key', 'SecretAccessKey')],
    ] as const
  ).map(([how, value]): CloudService => [
    `a secret in a variable, ${how}`,
    (r) => ((r.Key = made('AWS::IAM::AccessKey', { UserName: 'someone' })), variable(r, value)),
    { secrets: 'open' },
    [],
  ]),
  ...(['Command', 'EntryPoint', 'DockerLabels'] as const).map((field): CloudService => [
    `a secret in ${field}`,
    (r) => (container(r)[field] = { key: ['{{resolve:secretsmanager:key}}'] }),
    { secrets: 'open' },
    [],
  ]),
  [
    'a variable of a custom resource',
    (r) => ((r.Maker = made('Custom::Token')), variable(r, att('Maker', 'Token'))),
    { secrets: 'unproven' },
    ['value'],
  ],
  ['a variable by import', (r) => variable(r, { 'Fn::ImportValue': 'key' }), { secrets: 'unproven' }, ['import']],
  [
    'credentials of a domain',
    (r) => (container(r).CredentialSpecs = ['a']),
    { secrets: 'unproven' },
    ['credential-spec'],
  ],
  [
    'a key in what a rule starts the agent with',
    (r) => {
      const environment = [{ name: 'KEY', value: `ghp_${'a1B2'.repeat(9)}` }];
      const { NetworkConfiguration } = propertiesOf(r, 'Service') as { NetworkConfiguration: object };
      const EcsParameters = { TaskDefinitionArn: ref('Task'), LaunchType: 'FARGATE', NetworkConfiguration };
      const Input = JSON.stringify({ containerOverrides: [{ name: 'agent', environment }] });
      r.Rule = made('AWS::Events::Rule', { Targets: [{ Id: 'a', Arn: 'arn', Input, EcsParameters }] });
    },
    { secrets: 'unproven' },
    ['no-secret'],
  ],
];

const onInstances = (change: (r: Resources) => void) => (r: Resources) => {
  propertiesOf(r, 'Service').LaunchType = 'EC2';
  change(r);
};

const MACHINES: readonly CloudService[] = [
  ['a privileged container on an instance', onInstances((r) => (container(r).Privileged = true)), { role: 'open' }, []],
  [
    'the processes of its instance',
    onInstances((r) => (propertiesOf(r, 'Task').PidMode = 'host')),
    { role: 'unproven' },
    ['host', 'instances'],
  ],
  [
    'capabilities on an instance',
    onInstances((r) => (container(r).LinuxParameters = { Capabilities: { Add: ['SYS_ADMIN'] } })),
    { role: 'unproven' },
    ['host', 'instances'],
  ],
  ...(['DockerVolumeConfiguration', 'S3FilesVolumeConfiguration'] as const).map((kind): CloudService => [
    `a volume of ${kind}`,
    (r) => (propertiesOf(r, 'Task').Volumes = [{ Name: 'shared', [kind]: {} }]),
    { neighbour: 'unproven' },
    ['volume'],
  ]),
  [
    'a volume of its own',
    (r) => (propertiesOf(r, 'Task').Volumes = [{ Name: 'own' }, { Name: 'disk', ConfiguredAtLaunch: true }]),
    {},
    [],
  ],
];

const MODEL: readonly CloudService[] = [
  ...['Some::Network::Open::MODULE', 'AWS::CloudFormation::StackSet', 'AWS::SSO::PermissionSet'].map(
    (type): CloudService => [
      `a resource of ${type} that names nothing`,
      (r) => (r.More = made(type)),
      { model: 'unproven' },
      ['type'],
    ],
  ),
  [
    'a macro beside the properties of its group',
    (r) => (propertiesOf(r, 'Group')['Fn::Transform'] = { Name: 'AWS::Include', Parameters: { Location: 's3://x' } }),
    { model: 'unproven' },
    ['transform'],
  ],
  [
    'a task with a mark that is misspelt',
    (r) => (r.Other = { ...made('AWS::ECS::TaskDefinition'), Metadata: { 'anchorhold:workload': 'Agent' } }),
    { model: 'unproven' },
    ['agent'],
  ],
  [
    'a parameter that keeps the id of its group, and a profile of instances',
    (r) => {
      r.Kept = made('AWS::SSM::Parameter', { Value: att('Group', 'GroupId') });
      r.Operator = made('AWS::IAM::Role');
      r.Profile = made('AWS::IAM::InstanceProfile', { Roles: [ref('Operator')] });
    },
    {},
    [],
  ],
];

export const BY_HAND_WITHIN: readonly CloudService[] = [...STARTERS, ...TOLD, ...MACHINES, ...MODEL];
