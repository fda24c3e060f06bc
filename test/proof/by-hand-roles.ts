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
    'an attachment by any account, by its form',
    (r) => (propertiesOf(r, 'Permissions').AllowedPrincipals = ['arn:aws:iam::*:root']),
    { proxy: 'open' },
    [],
  ],
];
