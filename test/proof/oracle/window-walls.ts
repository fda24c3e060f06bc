import fc from 'fast-check';
import { type Resources, SENTINEL } from './cell';

type Fields = Record<string, unknown>;

const vpc = { VpcId: { Ref: 'Vpc' } };
const group = (ingress: readonly Fields[], egress: readonly Fields[] = [SENTINEL]): Resources[string] => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: { ...vpc, GroupDescription: 'one', SecurityGroupIngress: ingress, SecurityGroupEgress: egress },
});
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const from = (name: string): Fields => ({ ...https, SourceSecurityGroupId: { Ref: name } });
const elb = (type: string, Properties: Fields): Resources[string] => ({
  Type: `AWS::ElasticLoadBalancingV2::${type}`,
  Properties,
});
const targets = elb('TargetGroup', { ...vpc, TargetType: 'ip', Port: 443, Protocol: 'TCP' });
const forward = (name: unknown): Fields => ({ Type: 'forward', TargetGroupArn: name });
const service = (name: string, more: Fields): Resources[string] => ({
  Type: 'AWS::ECS::Service',
  Properties: {
    ...{ LaunchType: 'FARGATE', TaskDefinition: { Ref: `${name}Task` } },
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        ...{ Subnets: [{ Ref: 'Public' }], SecurityGroups: [{ Ref: `${name}Group` }], AssignPublicIp: 'DISABLED' },
      },
    },
    ...more,
  },
});
const registered = (name: unknown) => [{ TargetGroupArn: name, ContainerName: 'main', ContainerPort: 443 }];
const mark = (workload: string, more: Fields = {}): Resources[string] => ({
  Type: 'AWS::ECS::TaskDefinition',
  Metadata: { 'anchorhold:workload': workload },
  Properties: {
    ...{ NetworkMode: 'awsvpc', RequiresCompatibilities: ['FARGATE'], ContainerDefinitions: [{ Name: 'main' }] },
    ...more,
  },
});

/** The window: an endpoint, its service, a load balancer and the proxy behind it; and a tool behind the proxy. */
export const WINDOW: Resources = {
  AgentGroup: group([], [{ ...https, DestinationSecurityGroupId: { Ref: 'WindowGroup' } }]),
  WindowGroup: group([from('AgentGroup')]),
  Window: {
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: {
      ...{ ...vpc, VpcEndpointType: 'Interface', SubnetIds: [{ Ref: 'Private' }] },
      ...{ SecurityGroupIds: [{ Ref: 'WindowGroup' }] },
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.vpce.us-east-1.', { Ref: 'Door' }]] },
    },
  },
  Door: {
    Type: 'AWS::EC2::VPCEndpointService',
    Properties: { AcceptanceRequired: false, NetworkLoadBalancerArns: [{ Ref: 'Balancer' }] },
  },
  DoorPermissions: {
    Type: 'AWS::EC2::VPCEndpointServicePermissions',
    Properties: { ServiceId: { Ref: 'Door' }, AllowedPrincipals: ['arn:aws:iam::111122223333:root'] },
  },
  BalancerGroup: group([], [{ ...https, DestinationSecurityGroupId: { Ref: 'ProxyGroup' } }]),
  Balancer: elb('LoadBalancer', {
    ...{ Type: 'network', Scheme: 'internal', Subnets: [{ Ref: 'Public' }] },
    SecurityGroups: [{ Ref: 'BalancerGroup' }],
  }),
  Listener: elb('Listener', {
    ...{ LoadBalancerArn: { Ref: 'Balancer' }, Port: 443, Protocol: 'TCP' },
    DefaultActions: [forward({ Ref: 'Targets' })],
  }),
  Targets: targets,
  ProxyGroup: group([from('BalancerGroup')], [{ ...https, CidrIp: '0.0.0.0/0' }]),
  Proxy: service('Proxy', { LoadBalancers: registered({ Ref: 'Targets' }) }),
  ToolTask: mark('tool'),
  ToolGroup: group([from('ProxyGroup')]),
  Tool: service('Tool', {}),
};

const OTHER = {
  Other: service('Other', { LoadBalancers: registered({ Ref: 'OtherTargets' }) }),
  OtherTargets: targets,
};
const admitting = fc.constantFrom<Fields>(
  ...[from('OtherGroup'), from('OtherGroup'), from('AgentGroup'), from('BalancerGroup'), from('ToolGroup')],
  ...[
    { ...https, CidrIp: '10.0.0.0/16' },
    { ...https, CidrIp: '0.0.0.0/0' },
    { IpProtocol: '-1', CidrIp: { Ref: 'Range' } },
  ],
);
const leaving = fc.constantFrom<Fields>(
  ...[
    { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 443, CidrIp: '0.0.0.0/0' },
  ],
  ...[
    { IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIp: '8.8.8.0/24' },
    { ...https, CidrIp: '10.0.1.0/24' },
  ],
  { ...https, DestinationSecurityGroupId: { Ref: 'AgentGroup' } },
);
const rule = (direction: 'Ingress' | 'Egress', name: string, how: Fields): Resources => ({
  [`${name}${direction}`]: {
    Type: `AWS::EC2::SecurityGroup${direction}`,
    Properties: { GroupId: { 'Fn::GetAtt': [name, 'GroupId'] }, ...how },
  },
});

/** Mistakes of the way from the window to the proxy. */
const behind = fc.constantFrom<Resources>(
  { Other: service('Other', { LoadBalancers: registered({ Ref: 'Targets' }) }) },
  {
    ...OTHER,
    Listener2: elb('Listener', {
      LoadBalancerArn: { Ref: 'Balancer' },
      Port: 80,
      Protocol: 'TCP',
      DefaultActions: [forward({ Ref: 'OtherTargets' })],
    }),
  },
  {
    ...OTHER,
    Listener2: {
      ...elb('Listener', {
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 80,
        Protocol: 'TCP',
        DefaultActions: [forward({ Ref: 'OtherTargets' })],
      }),
      Condition: 'Wanted',
    },
  },
  {
    ...OTHER,
    ListenerRule: elb('ListenerRule', {
      ListenerArn: { Ref: 'Listener' },
      Priority: 1,
      Conditions: [],
      Actions: [forward({ Ref: 'OtherTargets' })],
    }),
  },
  {
    ...OTHER,
    Listener: elb('Listener', {
      LoadBalancerArn: { Ref: 'Balancer' },
      Port: 443,
      Protocol: 'TCP',
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: { Ref: 'Targets' } }, { TargetGroupArn: { Ref: 'OtherTargets' } }],
          },
        },
      ],
    }),
  },
  {
    ...OTHER,
    Listener: elb('Listener', {
      LoadBalancerArn: { Ref: 'Balancer' },
      Port: 443,
      Protocol: 'TCP',
      DefaultActions: [forward({ 'Fn::If': ['Wanted', { Ref: 'Targets' }, { Ref: 'OtherTargets' }] })],
    }),
  },
  {
    Targets: elb('TargetGroup', {
      ...vpc,
      TargetType: 'ip',
      Port: 443,
      Protocol: 'TCP',
      Targets: [{ Id: '10.0.2.77' }],
    }),
  },
  {
    Window: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: { ...WINDOW.Window?.Properties, ServiceName: { Ref: 'Service' } },
    },
  },
  {
    Window: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: { ...WINDOW.Window?.Properties, ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0abc' },
    },
  },
  {
    ...OTHER,
    Balancer2: elb('LoadBalancer', { Type: 'network', Scheme: 'internal', Subnets: [{ Ref: 'Public' }] }),
    Listener2: elb('Listener', {
      LoadBalancerArn: { Ref: 'Balancer2' },
      Port: 443,
      Protocol: 'TCP',
      DefaultActions: [forward({ Ref: 'OtherTargets' })],
    }),
    Door: {
      Type: 'AWS::EC2::VPCEndpointService',
      Properties: { AcceptanceRequired: false, NetworkLoadBalancerArns: [{ Ref: 'Balancer' }, { Ref: 'Balancer2' }] },
    },
  },
);

const front = fc.constantFrom<Resources>(
  {
    Balancer: elb('LoadBalancer', { ...WINDOW.Balancer?.Properties, Scheme: 'internet-facing' }),
    ...rule('Ingress', 'BalancerGroup', { ...https, CidrIp: '0.0.0.0/0' }),
  },
  {
    Balancer: elb('LoadBalancer', {
      ...WINDOW.Balancer?.Properties,
      Scheme: { 'Fn::If': ['Wanted', 'internal', 'internet-facing'] },
    }),
    ...rule('Ingress', 'BalancerGroup', { ...https, CidrIp: '0.0.0.0/0' }),
  },
  {
    DoorPermissions: {
      Type: 'AWS::EC2::VPCEndpointServicePermissions',
      Properties: { ServiceId: { Ref: 'Door' }, AllowedPrincipals: ['*'] },
    },
  },
  {
    DoorPermissions: {
      Type: 'AWS::EC2::VPCEndpointServicePermissions',
      Properties: { ServiceId: { Ref: 'Door' }, AllowedPrincipals: [{ Ref: 'Trusted' }] },
    },
  },
);
/** A load balancer before the tool, which the proxy calls. */
const toolFront = fc
  .tuple(fc.constantFrom('ProxyGroup', 'ProxyGroup', 'OtherGroup', 'AgentGroup'), fc.boolean())
  .map(([admitted, isOnline]): Resources => ({
    ToolBalancerGroup: group([from(admitted)], [{ ...https, DestinationSecurityGroupId: { Ref: 'ToolGroup' } }]),
    ToolBalancer: elb('LoadBalancer', {
      ...{ Type: 'application', Scheme: isOnline ? 'internet-facing' : 'internal', Subnets: [{ Ref: 'Public' }] },
      SecurityGroups: [{ Ref: 'ToolBalancerGroup' }],
    }),
    ToolListener: elb('Listener', {
      ...{ LoadBalancerArn: { Ref: 'ToolBalancer' }, Port: 443, Protocol: 'HTTPS' },
      DefaultActions: [forward({ Ref: 'ToolTargets' })],
    }),
    ToolTargets: targets,
    ToolGroup: group([from('ToolBalancerGroup')]),
    Tool: service('Tool', { LoadBalancers: registered({ Ref: 'ToolTargets' }) }),
    ...(admitted !== 'ProxyGroup' &&
      rule('Egress', admitted, { ...https, DestinationSecurityGroupId: { Ref: 'ToolBalancerGroup' } })),
  }));
const chained = fc
  .constantFrom(
    ['OtherGroup', 'ToolGroup'],
    ['OtherGroup', 'ProxyGroup'],
    ['AgentGroup', 'ToolGroup'],
    ['OtherGroup', 'BalancerGroup'],
  )
  .map(([own = '', to = '']): Resources => ({
    ...rule('Ingress', to, from(own)),
    ...rule('Egress', own, { ...https, DestinationSecurityGroupId: { Ref: to } }),
  }));
const session = fc.constantFrom('Proxy', 'Tool').map((name): Resources => ({
  [name]: {
    ...WINDOW[name],
    Type: 'AWS::ECS::Service',
    Properties: { ...WINDOW[name]?.Properties, EnableExecuteCommand: true },
  },
}));

/** A window with a mistake or two around it. */
export const windowWalls: fc.Arbitrary<Resources> = fc
  .uniqueArray(
    fc.oneof(
      { weight: 3, arbitrary: behind },
      { weight: 2, arbitrary: front },
      { weight: 1, arbitrary: session },
      { weight: 2, arbitrary: toolFront },
      { weight: 2, arbitrary: chained },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom('ProxyGroup', 'BalancerGroup', 'ToolGroup', 'OtherGroup', 'AgentGroup'), admitting)
          .map(([name, how]) => rule('Ingress', name, how)),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom('ProxyGroup', 'ProxyGroup', 'OtherGroup', 'AgentGroup', 'ToolGroup'), leaving)
          .map(([name, how]) => rule('Egress', name, how)),
      },
    ),
    { maxLength: 3, selector: (one) => Object.keys(one).join() },
  )
  .map((walls) => Object.assign({ ...WINDOW }, ...walls) as Resources); // the parts are all resources
