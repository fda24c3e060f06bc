import type { Verdict } from '../../../lib/proof';
import { cell, type Resources, type Shape, SHUT, written } from './cell';
import type { Simulated } from './simulate';
import { secretOf } from './task-grants';
import { WINDOW } from './window-walls';
import type { Resource, Template } from './world';

/** One template on which simulation and proof once disagreed, or nearly. */
export interface Case {
  readonly name: string;
  readonly claim: Simulated;
  readonly template: Template;
  readonly leaks: boolean;
  readonly verdict: Verdict;
}

const TO_NAT = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: { Ref: 'Nat' } };
const EVERYTHING = [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }];
const OTHER_ADMITS: Resources = {
  OtherGroupIngress: {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      GroupId: { 'Fn::GetAtt': ['OtherGroup', 'GroupId'] },
      IpProtocol: '-1',
      CidrIp: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] },
    },
  },
};
const made = (shape: Partial<Shape>, more: Resources = {}) => cell({ ...SHUT, ...shape }, more);

/** A cell with some of its resources written otherwise. */
const changed = (change: Resources) => written({ ...cell(SHUT, {}).Resources, ...change });
const task = (more: Resource['Properties']): Resource => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    ...{ NetworkMode: 'awsvpc', RequiresCompatibilities: ['FARGATE'], ContainerDefinitions: [{ Name: 'main' }] },
    ...more,
  },
});
const PROXY_ROLE = { 'Fn::GetAtt': ['ProxyRole', 'Arn'] };
const refusal: Resource['Properties'] = {
  ...{ Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
  Condition: { ArnNotEquals: { 'aws:PrincipalArn': PROXY_ROLE } },
};
const secret = (more: Pick<Resource, 'Condition'> = {}): Resources => ({
  ...secretOf([refusal], more.Condition),
  ProxyTask: task({ TaskRoleArn: PROXY_ROLE }),
});
const schedule = (more: Resource['Properties']): Resources => ({
  Starter: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Target: {
        ...{ Arn: 'arn:cluster', RoleArn: 'arn:starter' },
        EcsParameters: {
          ...{ TaskDefinitionArn: { Ref: 'AgentTask' }, LaunchType: 'FARGATE' },
          NetworkConfiguration: {
            AwsvpcConfiguration: { Subnets: [{ Ref: 'Private' }], SecurityGroups: [{ Ref: 'AgentGroup' }] },
          },
        },
        ...more,
      },
    },
  },
});

const windowed = (more: Resources = {}) => cell(SHUT, { ...WINDOW, ...more });
const rule = (direction: 'Ingress' | 'Egress', group: string, how: Resource['Properties']): Resources => ({
  [`${group}${direction}`]: {
    Type: `AWS::EC2::SecurityGroup${direction}`,
    Properties: {
      ...{ GroupId: { 'Fn::GetAtt': [group, 'GroupId'] }, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
      ...how,
    },
  },
});
const pairOf = (from: string, to: string): Resources => ({
  ...rule('Egress', from, { DestinationSecurityGroupId: { Ref: to } }),
  ...rule('Ingress', to, { SourceSecurityGroupId: { Ref: from } }),
});
const OTHER_BEHIND = {
  ...WINDOW.Proxy?.Properties,
  ...{ TaskDefinition: { Ref: 'OtherTask' }, LoadBalancers: [{ TargetGroupArn: { Ref: 'OtherTargets' } }] },
  NetworkConfiguration: {
    AwsvpcConfiguration: { Subnets: [{ Ref: 'Public' }], SecurityGroups: [{ Ref: 'OtherGroup' }] },
  },
};
const marked = (workload: string, more: Resource['Properties']): Resource => ({
  ...task(more),
  Metadata: { 'anchorhold:workload': workload },
});
const LOGGING = {
  Name: 'main',
  LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': 'proxy', 'awslogs-region': 'us-east-1' } },
};
const held = (Action: string, on: unknown = '*'): Resources => ({
  Held: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [] },
      Policies: [{ PolicyName: 'one', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: on }] } }],
    },
  },
});

/** What the documents say of each is in its name. */
export const CASES: readonly Case[] = [
  {
    name: 'a group with one narrow rule and a table without a route is shut',
    claim: 'ip',
    template: made({}),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'NAT in a public subnet takes any address out',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT] }),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'NAT in its client’s own subnet has the same table, and packets run in a circle',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT], natSubnet: 'Private' }),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'a subnet without an association has the main table, which is local',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT], table: 'main' }),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'a route that a condition may leave out is unproven',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT], conditional: 'Route0' }),
    leaks: true,
    verdict: 'unproven',
  },
  {
    name: 'a neighbour that admits the network is met by a rule to the network',
    claim: 'neighbour',
    template: made({ egress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }] }, OTHER_ADMITS),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'a schedule that passes overrides without a role gives none',
    claim: 'role',
    template: changed(schedule({ Input: '{"containerOverrides":[]}' })),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'a schedule’s input is what overrides the task, its role too',
    claim: 'role',
    template: changed(schedule({ Input: '{"taskRoleArn":"arn:aws:iam::111122223333:role/given"}' })),
    leaks: true,
    verdict: 'unproven',
  },
  {
    name: 'a secret’s policy that refuses all but the proxy',
    claim: 'secrets',
    template: changed(secret()),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'a secret’s policy that a condition may leave out refuses nobody for certain',
    claim: 'secrets',
    template: changed(secret({ Condition: 'Wanted' })),
    leaks: true,
    verdict: 'unproven',
  },
  {
    name: 'an agent’s role that may be the proxy’s may read the proxy’s secret',
    claim: 'secrets',
    template: changed({
      ...secret(),
      AgentTask: task({ TaskRoleArn: { 'Fn::If': ['Wanted', PROXY_ROLE, { Ref: 'AWS::NoValue' }] } }),
    }),
    leaks: true,
    verdict: 'unproven',
  },
  ...(['neighbour', 'proxy', 'tool'] as const).map((claim) => ({
    ...{ name: `an endpoint, its service and a balancer before the proxy alone: ${claim}`, claim },
    ...{ template: windowed(), leaks: false, verdict: 'closed' as const },
  })),
  {
    name: 'a service beside the proxy in the target group of the window',
    claim: 'neighbour',
    template: windowed({
      Other: {
        Type: 'AWS::ECS::Service',
        Properties: { ...WINDOW.Proxy?.Properties, TaskDefinition: { Ref: 'OtherTask' } },
      },
    }),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'a stranger whom a group of the tool admits calls it past the proxy',
    claim: 'tool',
    template: windowed(pairOf('OtherGroup', 'ToolGroup')),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'an agent whom a group of the tool admits calls it past the proxy',
    claim: 'tool',
    template: windowed(pairOf('AgentGroup', 'ToolGroup')),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'a tool that connects to the balancer before a proxy that agents reach by an endpoint not known',
    claim: 'proxy',
    template: windowed({
      ...pairOf('ToolGroup', 'BalancerGroup'),
      Window: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: { ...WINDOW.Window?.Properties, ServiceName: { Ref: 'Service' } },
      },
    }),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'a tool that connects to the balancer before the proxy',
    claim: 'proxy',
    template: windowed(pairOf('ToolGroup', 'BalancerGroup')),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'a stranger before a balancer whose listener may lead to the proxy, and to another for certain',
    claim: 'proxy',
    template: windowed({
      ...pairOf('OtherGroup', 'BalancerGroup'),
      OtherTargets: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: WINDOW.Targets?.Properties ?? {} },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          ...WINDOW.Listener?.Properties,
          DefaultActions: [
            {
              Type: 'forward',
              TargetGroupArn: { 'Fn::If': ['Wanted', { Ref: 'Targets' }, { Ref: 'OtherTargets' }] },
            },
            { Type: 'forward', TargetGroupArn: { Ref: 'OtherTargets' } },
          ],
        },
      },
      Other: { Type: 'AWS::ECS::Service', Properties: OTHER_BEHIND },
    }),
    leaks: true,
    verdict: 'unproven',
  },
  ...[{ Ref: 'ProxyLog' }, 'arn:aws:logs:us-east-1:111122223333:log-group:proxy'].map((Resource) => ({
    ...{ name: `an agent that may remove the proxy’s log by ${JSON.stringify(Resource)}`, claim: 'audit' as const },
    template: changed({
      ...held('logs:DeleteLogGroup', Resource),
      ProxyLog: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'proxy' } },
      AgentTask: marked('agent', { TaskRoleArn: { 'Fn::GetAtt': ['Held', 'Arn'] } }),
      ProxyTask: marked('proxy', { ContainerDefinitions: [LOGGING] }),
    }),
    ...{ leaks: true, verdict: 'open' as const },
  })),
  ...['ecs:RunTask', 'ec2:ModifySecurityGroupRules', 'ec2:ReplaceRouteTableAssociation', 'iam:CreatePolicyVersion']
    .concat('elasticloadbalancing:RegisterTargets', 'route53resolver:AssociateResolverRule')
    .map((action) => ({
      ...{ name: `a role of the template that may ${action}`, claim: 'launcher' as const },
      ...{ template: changed(held(action)), leaks: true, verdict: 'open' as const },
    })),
];
