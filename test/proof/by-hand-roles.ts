import { call, machine, RUN } from './by-hand-tasks';
import type { CloudService } from './cloud-services';
import { propertiesOf, type Resources } from './templates';

/*
 * Ways out that somebody wrote by hand to see whether the proof says closed: who holds a role, and what it may do.
 */

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const made = (Type: string, Properties: object = {}): Resources[string] => ({ Type, Properties });

const role = (Principal: object, statement?: object) =>
  made('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] },
    Policies: statement ? [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] : [],
  });
const RUNS = { Action: 'ecs:RunTask', Resource: ref('Task') };

/** A machine that starts the agent where its service does, with a role of the templates. */
function launcher(r: Resources, Principal: object): void {
  r.Starter = role(Principal, RUNS);
  const Parameters = call('${T}', '${S}', '${G}');
  Parameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp = 'DISABLED';
  const DefinitionSubstitutions = { T: ref('Task'), S: ref('Subnet'), G: att('Group', 'GroupId') };
  machine(r, { Resource: RUN, Parameters }, { DefinitionSubstitutions }, att('Starter', 'Arn'));
}

const STATES = { Service: 'states.amazonaws.com' };
const LOOSE = { launcher: 'open' } as const;

export const BY_HAND_ROLES: readonly CloudService[] = [
  ['a launcher with a role of its own', (r) => launcher(r, STATES), {}, []],
  [
    'a launcher whose role a function has too',
    (r) => (launcher(r, STATES), (r.Function = made('AWS::Lambda::Function', { Role: att('Starter', 'Arn') }))),
    LOOSE,
    [],
  ],
  ['a launcher whose role anybody takes', (r) => launcher(r, { AWS: '*' }), LOOSE, []],
  [
    'a launcher whose role the account may take',
    (r) => launcher(r, { AWS: 'arn:aws:iam::111111111111:root' }),
    { launcher: 'unproven' },
    ['takers'],
  ],
  [
    'a function with the role of the proxy',
    (r) => (r.Function = made('AWS::Lambda::Function', { Role: att('ProxyRole', 'Arn') })),
    { secrets: 'open' },
    [],
  ],
  [
    'another task with the role of the proxy',
    (r) => (r.Other = made('AWS::ECS::TaskDefinition', { TaskRoleArn: att('ProxyRole', 'Arn') })),
    { secrets: 'open' },
    [],
  ],
  ...(['UserPolicy', 'GroupPolicy'] as const).map((type): CloudService => [
    `a ${type} of somebody who is only named`,
    (r) => {
      const PolicyDocument = { Statement: [{ Effect: 'Allow', ...RUNS }] };
      r.Beside = made(`AWS::IAM::${type}`, { UserName: 'someone', GroupName: 'some', PolicyDocument });
    },
    LOOSE,
    [],
  ]),
  ...[
    ...['ec2:ModifyManagedPrefixList', 'ec2:AssociateDhcpOptions', 'ec2:ModifyVpcEndpointServicePermissions'],
    ...['vpc-lattice:CreateServiceNetworkVpcAssociation', 'iam:UpdateAssumeRolePolicy', 'cloudformation:UpdateStack'],
    ...['events:PutTargets', 'scheduler:CreateSchedule'],
  ].map((Action): CloudService => [
    `a role that may ${Action}`,
    (r) => (r.Operator = role({ Service: 'lambda.amazonaws.com' }, { Action, Resource: '*' })),
    LOOSE,
    [],
  ]),
  [
    'a role that may register a task which its service starts by its family',
    (r) => {
      propertiesOf(r, 'Task').Family = 'agent';
      propertiesOf(r, 'Service').TaskDefinition = 'agent';
      r.Operator = role({ Service: 'lambda.amazonaws.com' }, { Action: 'ecs:RegisterTaskDefinition', Resource: '*' });
    },
    { launcher: 'open', proxy: 'unproven' },
    ['elsewhere'],
  ],
  [
    'a role that may register a task of which its service names the revision',
    (r) =>
      (r.Operator = role({ Service: 'lambda.amazonaws.com' }, { Action: 'ecs:RegisterTaskDefinition', Resource: '*' })),
    {},
    [],
  ],
  [
    'a service that the proof doesn’t know, with a role that may do nothing here',
    (r) => {
      r.Operator = role({ Service: 'backup.amazonaws.com' });
      r.Selected = made('AWS::Backup::BackupSelection', { IamRoleArn: att('Operator', 'Arn') });
    },
    {},
    [],
  ],
  [
    'a service that stands behind the window by turns',
    (r) => {
      const AdvancedConfiguration = { AlternateTargetGroupArn: ref('Targets') };
      r.Turn = made('AWS::ECS::Service', { LoadBalancers: [{ TargetGroupArn: 'arn', AdvancedConfiguration }] });
    },
    { neighbour: 'open' },
    [],
  ],
  ...(
    [
      ['sessions into any task of a cluster', 'ecs:ExecuteCommand', 'task/${Cluster}/*', LOOSE],
      ['any service of a cluster', 'ecs:UpdateService', 'service/${Cluster}/*', LOOSE],
      ['its service by its name', 'ecs:UpdateService', 'service/${Cluster}/agent', LOOSE],
      ['its service by names alone', 'ecs:UpdateService', 'service/cluster/agent', LOOSE],
      ['another service by its name', 'ecs:UpdateService', 'service/${Cluster}/web', {}],
      ['another service of the templates', 'ecs:UpdateService', 'service/${Cluster}/${ProxyService.Name}', {}],
    ] as const
  ).map(([what, Action, name, verdicts]): CloudService => [
    `a role for ${what}`,
    (r) => {
      r.Cluster = made('AWS::ECS::Cluster');
      propertiesOf(r, 'Service').ServiceName = 'agent';
      const Resource = { 'Fn::Sub': `arn:aws:ecs:\${AWS::Region}:\${AWS::AccountId}:${name}` };
      r.Operator = role({ Service: 'lambda.amazonaws.com' }, { Action, Resource });
    },
    verdicts,
    [],
  ]),
  [
    'a proxy that a rule starts with another role',
    (r) => {
      const { NetworkConfiguration } = propertiesOf(r, 'ProxyService') as { NetworkConfiguration: object };
      const EcsParameters = { TaskDefinitionArn: ref('Proxy'), LaunchType: 'FARGATE', NetworkConfiguration };
      const Input = { 'Fn::Sub': '{"taskRoleArn":"${Wide.Arn}"}' };
      r.Wide = role({ Service: 'ecs-tasks.amazonaws.com' }, { Action: 's3:*', Resource: '*' });
      r.Rule = made('AWS::Events::Rule', { Targets: [{ Id: 'a', Arn: 'arn', Input, EcsParameters }] });
    },
    { proxy: 'open' },
    [],
  ],
  [
    'an attachment by any account, by its form',
    (r) => (propertiesOf(r, 'Permissions').AllowedPrincipals = ['arn:aws:iam::*:root']),
    { proxy: 'open' },
    [],
  ],
];
