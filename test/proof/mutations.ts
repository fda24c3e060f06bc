import type { Mutation as Law } from './mutation-law';
import { only } from './reference-stack';
import { propertiesOf, type Resources } from './templates';

export type Mutation = Law<Resources>;

type Raw = Record<string, unknown>;
const AGENT = 'AWS::ECS::TaskDefinition';
const taskOf = (resources: Resources, kind: 'agent' | 'proxy') =>
  only(resources, AGENT, `"anchorhold:workload":"${kind}"`);
export const agentVpc = (resources: Resources) =>
  refOf(propertiesOf(resources, only(resources, 'AWS::Route53Resolver::FirewallRuleGroupAssociation')).VpcId);
const endpoint = (resources: Resources, service: string) => only(resources, 'AWS::EC2::VPCEndpoint', `.${service}"`);
const group = (resources: Resources, description: string) =>
  only(resources, 'AWS::EC2::SecurityGroup', `"GroupDescription":"${description}"`);
const machine = (resources: Resources) => only(resources, 'AWS::StepFunctions::StateMachine');

/** The logical id a `Ref` or `Fn::GetAtt` names. */
function refOf(value: unknown): string {
  const found = /"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/.exec(JSON.stringify(value))?.[1];
  if (found === undefined) throw new Error(`no reference in ${JSON.stringify(value)}`);
  return found;
}

/** Rewrites the text of the launcher's definition, which is split by references. */
function relaunch(resources: Resources, from: string | RegExp, to: string): void {
  const properties = propertiesOf(resources, machine(resources));
  const text = JSON.stringify(properties.DefinitionString);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`the launcher has no ${String(from)}`);
  properties.DefinitionString = JSON.parse(changed) as unknown;
}

function statements(resources: Resources, id: string, name = 'PolicyDocument'): Raw[] {
  return (propertiesOf(resources, id)[name] as { Statement: Raw[] }).Statement;
}

function containers(resources: Resources, kind: 'agent' | 'proxy'): Raw[] {
  return propertiesOf(resources, taskOf(resources, kind)).ContainerDefinitions as Raw[];
}

const NETWORK: readonly Mutation[] = [
  {
    protection: 'no route to the internet from the agents’ subnets',
    remove: (r) => {
      const nat = only(r, 'AWS::EC2::NatGateway');
      for (const table of agentTables(r)) toInternet(r, table, { NatGatewayId: { Ref: nat } });
    },
    opens: [],
    unproven: ['ip', 'cloud-api'],
    heldBy: 'the agent’s group names no range of addresses',
    together: ['ip', 'cloud-api'],
  },
  {
    protection: 'the agent’s group names no range of addresses',
    remove: openRange,
    opens: [],
    heldBy: 'no route to the internet from the agents’ subnets',
    together: ['ip', 'cloud-api'],
  },
  {
    protection: 'no internet gateway and no range for the agents',
    remove: (r) => {
      openRange(r);
      r.Public = { Type: 'AWS::EC2::InternetGateway' };
      for (const table of agentTables(r)) toInternet(r, table, { GatewayId: { Ref: 'Public' } });
    },
    opens: [],
    heldBy: 'the launcher gives no public address',
    together: ['ip', 'cloud-api'],
  },
  {
    protection: 'no IPv6 way out of the agents’ subnets',
    remove: (r) => {
      const [table = ''] = agentTables(r);
      r.Range6 = {
        Type: 'AWS::EC2::SubnetCidrBlock',
        Properties: { SubnetId: { Ref: subnetOf(r, table) }, Ipv6CidrBlock: 'fd00:1::/64' },
      };
      r.Only6 = { Type: 'AWS::EC2::EgressOnlyInternetGateway', Properties: { VpcId: { Ref: agentVpc(r) } } };
      r.Route6 = {
        Type: 'AWS::EC2::Route',
        Properties: {
          RouteTableId: { Ref: table },
          DestinationIpv6CidrBlock: '::/0',
          EgressOnlyInternetGatewayId: { Ref: 'Only6' },
        },
      };
    },
    opens: [],
    unproven: ['ip', 'cloud-api'],
    heldBy: 'the agent’s group names no range of addresses',
    together: ['ip', 'cloud-api'],
  },
  {
    protection: 'no peering from the agents’ network',
    remove: (r) => {
      const [table = ''] = agentTables(r);
      r.Peering = {
        Type: 'AWS::EC2::VPCPeeringConnection',
        Properties: { VpcId: { Ref: agentVpc(r) }, PeerVpcId: 'vpc-1' },
      };
      r.ToPeer = {
        Type: 'AWS::EC2::Route',
        Properties: {
          RouteTableId: { Ref: table },
          DestinationCidrBlock: '10.9.0.0/16',
          VpcPeeringConnectionId: { Ref: 'Peering' },
        },
      };
    },
    opens: [],
    unproven: ['ip', 'cloud-api'],
  },
  {
    protection: 'the agent’s group states its own egress',
    remove: (r) => void delete propertiesOf(r, group(r, 'Agents')).SecurityGroupEgress,
    opens: [],
    heldBy: 'no neighbour admits the agents’ network',
    together: ['neighbour'],
  },
  {
    protection: 'no neighbour admits the agents’ network',
    remove: (r) => {
      r.Neighbours = {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: {
          VpcId: { Ref: agentVpc(r) },
          SecurityGroupIngress: [{ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }],
        },
      };
      r.Database = {
        Type: 'AWS::RDS::DBInstance',
        Properties: { VPCSecurityGroups: [{ 'Fn::GetAtt': ['Neighbours', 'GroupId'] }] },
      };
    },
    opens: [],
    unproven: ['model'],
    heldBy: 'the agent’s group states its own egress',
    together: ['neighbour'],
  },
  {
    protection: 'agents don’t reach each other',
    remove: (r) => {
      const id = { 'Fn::GetAtt': [group(r, 'Agents'), 'GroupId'] };
      r.SelfOut = {
        Type: 'AWS::EC2::SecurityGroupEgress',
        Properties: { GroupId: id, DestinationSecurityGroupId: id, IpProtocol: '-1' },
      };
      r.SelfIn = {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: { GroupId: id, SourceSecurityGroupId: id, IpProtocol: '-1' },
      };
    },
    opens: ['inbound', 'neighbour'],
  },
  {
    protection: 'the agent’s group admits nothing',
    remove: (r) => {
      const id = { 'Fn::GetAtt': [group(r, 'Agents'), 'GroupId'] };
      r.In = {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: { GroupId: id, CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 },
      };
    },
    opens: ['inbound'],
  },
  {
    protection: 'behind the window stands the proxy alone',
    remove: (r) => {
      const target =
        Object.entries(r).find(([, one]) => one.Type === 'AWS::ElasticLoadBalancingV2::TargetGroup')?.[0] ?? '';
      propertiesOf(r, target).Targets = [{ Id: '10.0.0.70' }];
    },
    opens: ['neighbour'],
  },
];

/** Lets the agent's group out to anywhere, both families. */
function openRange(resources: Resources): void {
  const GroupId = { 'Fn::GetAtt': [group(resources, 'Agents'), 'GroupId'] };
  const rule = (range: object) => ({
    Type: 'AWS::EC2::SecurityGroupEgress',
    Properties: { GroupId, IpProtocol: '-1', ...range },
  });
  resources.Out4 = rule({ CidrIp: '0.0.0.0/0' });
  resources.Out6 = rule({ CidrIpv6: '::/0' });
}

function toInternet(resources: Resources, table: string, target: object): void {
  const Properties = { RouteTableId: { Ref: table }, DestinationCidrBlock: '0.0.0.0/0', ...target };
  resources[`To${table}`] = { Type: 'AWS::EC2::Route', Properties };
}

function agentTables(resources: Resources): string[] {
  const vpc = agentVpc(resources);
  return Object.entries(resources)
    .filter(([, one]) => one.Type === 'AWS::EC2::RouteTable' && refOf(one.Properties) === vpc)
    .map(([id]) => id);
}

function subnetOf(resources: Resources, table: string): string {
  const found = Object.values(resources).find(
    (one) => one.Type === 'AWS::EC2::SubnetRouteTableAssociation' && JSON.stringify(one).includes(table),
  );
  return refOf((found?.Properties as Raw | undefined)?.SubnetId);
}

const LAUNCH: readonly Mutation[] = [
  {
    protection: 'the default group is emptied',
    remove: (r) => {
      for (const [id, one] of Object.entries(r)) if (one.Type === 'Custom::VpcRestrictDefaultSG') delete r[id];
    },
    opens: [],
    heldBy: 'the launcher names the agent’s group',
    together: ['inbound', 'neighbour'],
  },
  {
    protection: 'the launcher names the agent’s group',
    remove: (r) => relaunch(r, /\\"SecurityGroups\\":\[\\"",.*?,"\\"\],/, ''),
    opens: [],
    heldBy: 'the default group is emptied',
    together: ['inbound', 'neighbour'],
  },
  {
    protection: 'the launcher gives no public address',
    remove: (r) => relaunch(r, 'DISABLED', 'ENABLED'),
    opens: [],
    heldBy: 'no internet gateway and no range for the agents',
    together: ['ip', 'cloud-api'],
  },
  {
    protection: 'the launcher leaves ECS Exec off',
    remove: (r) => relaunch(r, 'EnableExecuteCommand\\":false', 'EnableExecuteCommand\\":true'),
    opens: ['inbound'],
  },
  {
    protection: 'the launcher, not its caller, chooses the network',
    remove: (r) =>
      relaunch(
        r,
        /\\"NetworkConfiguration\\":\{\\"AwsvpcConfiguration\\":.*?\}\}/,
        '\\"NetworkConfiguration.$\\":\\"$.network\\"',
      ),
    opens: ['launcher'],
    unproven: ['ip', 'dns', 'cloud-api', 'inbound', 'neighbour', 'proxy'],
  },
  {
    protection: 'the launcher, not its caller, chooses the role',
    remove: (r) => relaunch(r, '\\"Overrides\\":{', '\\"Overrides\\":{\\"TaskRoleArn.$\\":\\"$.role\\",'),
    opens: ['role', 'launcher'],
  },
  {
    protection: 'the launcher starts tasks on Fargate',
    remove: (r) => relaunch(r, '\\"LaunchType\\":\\"FARGATE\\"', '\\"LaunchType\\":\\"EC2\\"'),
    opens: [],
    unproven: ['role'],
  },
  {
    protection: 'nobody but the launcher may run the task',
    remove: (r) => addRole(r, ['ecs:RunTask'], { Ref: taskOf(r, 'agent') }),
    opens: ['launcher'],
  },
  {
    protection: 'nobody may open the agent’s group',
    remove: (r) => addRole(r, ['ec2:AuthorizeSecurityGroupEgress'], '*'),
    opens: ['launcher'],
  },
  {
    protection: 'something in the template starts the task',
    remove: (r) => void delete r[machine(r)],
    // Its role may still run the task, and nothing says how.
    opens: ['launcher'],
    unproven: ['ip', 'dns', 'cloud-api', 'inbound', 'neighbour', 'launcher', 'proxy'],
  },
];

function addRole(resources: Resources, actions: readonly string[], resource: unknown): void {
  resources.Operator = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'more',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] },
        },
      ],
    },
  };
}

const firewall = (resources: Resources) =>
  propertiesOf(resources, only(resources, 'AWS::Route53Resolver::FirewallRuleGroup')).FirewallRules as Raw[];
const domains = (resources: Resources, holding: string) =>
  propertiesOf(resources, only(resources, 'AWS::Route53Resolver::FirewallDomainList', holding)).Domains as unknown[];

const NAMES: readonly Mutation[] = [
  {
    protection: 'the resolver’s firewall is associated',
    remove: (r) => void delete r[only(r, 'AWS::Route53Resolver::FirewallRuleGroupAssociation')],
    opens: ['dns'],
  },
  { protection: 'its last rule blocks', remove: (r) => void firewall(r).pop(), opens: ['dns'] },
  {
    protection: 'its last rule blocks, not only alerts',
    remove: (r) => void Object.assign(firewall(r).at(-1) ?? {}, { Action: 'ALERT' }),
    opens: ['dns'],
  },
  {
    protection: 'its last rule blocks every type of query',
    remove: (r) => void Object.assign(firewall(r).at(-1) ?? {}, { Qtype: 'A' }),
    opens: ['dns'],
  },
  {
    protection: 'its last rule blocks every name',
    remove: (r) => void domains(r, '["*"]').splice(0, 1, 'other.example'),
    opens: ['dns'],
  },
  {
    protection: 'it allows no wildcard of a foreign zone',
    remove: (r) => void domains(r, 'api.ecr.').push('*.files.example'),
    opens: ['dns'],
  },
  {
    protection: 'it stays closed when it fails',
    remove: (r) =>
      void (r.Failing = {
        Type: 'AWS::Route53Resolver::FirewallConfig',
        Properties: { ResourceId: { Ref: agentVpc(r) }, FirewallFailOpen: 'ENABLED' },
      }),
    opens: ['dns'],
  },
];

const conditionsOf = (r: Resources, service: string) =>
  statements(r, endpoint(r, service)).filter(({ Effect }) => Effect === 'Allow');
const withoutConditions = (r: Resources, service: string) =>
  conditionsOf(r, service).forEach((one) => void delete one.Condition);
const withoutRefusal = (r: Resources, service: string) => {
  const document = propertiesOf(r, endpoint(r, service)).PolicyDocument as { Statement: Raw[] };
  document.Statement = document.Statement.filter(({ Effect }) => Effect === 'Allow');
};

const ENDPOINTS: readonly Mutation[] = [
  ...['ecr.api', 'ecr.dkr', 'logs', 's3'].map((service): Mutation => ({
    protection: `the endpoint of ${service} has a policy`,
    remove: (r) => void delete propertiesOf(r, endpoint(r, service)).PolicyDocument,
    opens: ['cloud-api'],
  })),
  {
    protection: 'the endpoint of S3 names the registry’s bucket',
    remove: (r) => statements(r, endpoint(r, 's3')).forEach((one) => (one.Resource = '*')),
    opens: ['cloud-api'],
  },
  {
    protection: 'the endpoint of S3 allows reading only',
    remove: (r) => statements(r, endpoint(r, 's3')).forEach((one) => (one.Action = 's3:*')),
    opens: [],
    unproven: ['cloud-api'],
  },
  {
    protection: 'the endpoint of ecr.api allows our principals only',
    remove: (r) => withoutConditions(r, 'ecr.api'),
    opens: [],
    heldBy: 'the endpoint of ecr.api refuses foreign principals',
    together: ['cloud-api'],
  },
  {
    protection: 'the endpoint of ecr.api refuses foreign principals',
    remove: (r) => withoutRefusal(r, 'ecr.api'),
    opens: [],
    heldBy: 'the endpoint of ecr.api allows our principals only',
    together: ['cloud-api'],
  },
];

const TASKS: readonly Mutation[] = [
  {
    protection: 'the agent has no role',
    remove: (r) =>
      void (propertiesOf(r, taskOf(r, 'agent')).TaskRoleArn = propertiesOf(r, taskOf(r, 'agent')).ExecutionRoleArn),
    opens: ['role'],
  },
  {
    protection: 'the agent doesn’t share the proxy’s role',
    remove: (r) =>
      void (propertiesOf(r, taskOf(r, 'agent')).TaskRoleArn = propertiesOf(r, taskOf(r, 'proxy')).TaskRoleArn),
    opens: ['role', 'secrets'],
  },
  {
    protection: 'the agent is given no secret',
    remove: (r) => void containers(r, 'agent').forEach((one) => (one.Secrets = [{ Name: 'KEY', ValueFrom: 'arn' }])),
    opens: ['secrets'],
  },
  {
    protection: 'the secret’s own policy refuses other readers',
    remove: (r) => {
      for (const [id, one] of Object.entries(r)) if (one.Type === 'AWS::SecretsManager::ResourcePolicy') delete r[id];
    },
    opens: ['secrets'],
  },
  {
    protection: 'the agent’s output goes to a log of its own',
    remove: (r) =>
      void containers(r, 'agent').forEach(
        (one) => (one.LogConfiguration = containers(r, 'proxy')[0]?.LogConfiguration),
      ),
    opens: ['audit'],
  },
  {
    protection: 'the proxy keeps a log',
    remove: (r) => void containers(r, 'proxy').forEach((one) => void delete one.LogConfiguration),
    opens: ['audit'],
  },
  {
    protection: 'no macro rewrites the template',
    remove: (r) =>
      void (r.Nested = {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: 'https://templates.example/x' },
      }),
    opens: [],
    unproven: ['model'],
  },
];

const proxyService = (resources: Resources) => only(resources, 'AWS::ECS::Service');

const PROXY: readonly Mutation[] = [
  {
    protection: 'the proxy dials only the policy’s ports',
    remove: (r) =>
      void (r.Out = {
        Type: 'AWS::EC2::SecurityGroupEgress',
        Properties: {
          GroupId: { 'Fn::GetAtt': [group(r, 'Egress proxy'), 'GroupId'] },
          CidrIp: '0.0.0.0/0',
          IpProtocol: '-1',
        },
      }),
    opens: ['proxy'],
  },
  {
    protection: 'the proxy’s role names its resources',
    remove: (r) => {
      const role = refOf(propertiesOf(r, taskOf(r, 'proxy')).TaskRoleArn);
      propertiesOf(r, role).Policies = [
        { PolicyName: 'all', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } },
      ];
    },
    opens: ['proxy'],
  },
  {
    protection: 'the proxy admits its balancer alone',
    remove: (r) =>
      void (r.In = {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: {
          GroupId: { 'Fn::GetAtt': [group(r, 'Egress proxy'), 'GroupId'] },
          CidrIp: '0.0.0.0/0',
          IpProtocol: 'tcp',
          FromPort: 8080,
          ToPort: 8080,
        },
      }),
    opens: ['proxy'],
  },
  {
    protection: 'the proxy’s balancer is internal',
    remove: (r) =>
      void (propertiesOf(r, only(r, 'AWS::ElasticLoadBalancingV2::LoadBalancer')).Scheme = 'internet-facing'),
    opens: ['proxy'],
  },
  {
    protection: 'only this account may attach to the proxy’s service',
    remove: (r) => void (propertiesOf(r, only(r, 'AWS::EC2::VPCEndpointServicePermissions')).AllowedPrincipals = ['*']),
    opens: ['proxy'],
  },
  {
    protection: 'no session into the proxy',
    remove: (r) => void (propertiesOf(r, proxyService(r)).EnableExecuteCommand = true),
    opens: ['proxy'],
  },
  {
    protection: 'no route from the proxy to the agents’ network',
    remove: (r) => {
      const tables = Object.keys(r).filter(
        (id) => /EgressVpcProxySubnet\d+RouteTable[0-9A-F]/.test(id) && r[id]?.Type === 'AWS::EC2::RouteTable',
      );
      r.Peering = {
        Type: 'AWS::EC2::VPCPeeringConnection',
        Properties: { VpcId: { Ref: agentVpc(r) }, PeerVpcId: 'vpc-1' },
      };
      for (const table of tables)
        r[`To${table}`] = {
          Type: 'AWS::EC2::Route',
          Properties: {
            RouteTableId: { Ref: table },
            DestinationCidrBlock: '10.1.0.0/24',
            VpcPeeringConnectionId: { Ref: 'Peering' },
          },
        };
    },
    opens: ['proxy'],
  },
];

/** Every protection of our own stack that a template can show. */
export const MUTATIONS: readonly Mutation[] = [...NETWORK, ...NAMES, ...ENDPOINTS, ...TASKS, ...LAUNCH, ...PROXY];
