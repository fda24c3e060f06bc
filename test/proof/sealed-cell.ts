import { group, type Resources } from './templates';

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const peer = (side: 'Source' | 'Destination', id: string, port: number) => ({
  [`${side}SecurityGroupId`]: att(id, 'GroupId'),
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
});

/**
 * The smallest app of which every claim is closed: an agent, its window and a proxy in a network of its own. What a case
 * adds or takes away is then the only hole in it.
 */
export function sealedCell(): Resources {
  return { ...agentSide(), ...proxySide(), ...names(), ...secret() };
}

function agentSide(): Resources {
  return {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    ...subnet('Subnet', 'Vpc', '10.0.1.0/24', 'Table'),
    Group: group([peer('Destination', 'WindowGroup', 443)]),
    WindowGroup: group([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }], [peer('Source', 'Group', 443)]),
    Window: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Interface',
        VpcId: ref('Vpc'),
        SubnetIds: [ref('Subnet')],
        SecurityGroupIds: [att('WindowGroup', 'GroupId')],
        ServiceName: { 'Fn::Sub': 'com.amazonaws.vpce.${AWS::Region}.${Offered}' },
      },
    },
    Task: task('agent', { Name: 'agent', Image: 'agent' }),
    Service: service('Task', 'Subnet', 'Group'),
  };
}

function proxySide(): Resources {
  return {
    Proxies: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16' } },
    ...subnet('ProxySubnet', 'Proxies', '10.9.1.0/24', 'ProxyTable'),
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: {
        Type: 'network',
        Scheme: 'internal',
        Subnets: [ref('ProxySubnet')],
        SecurityGroups: [ref('BalancerGroup')],
      },
    },
    BalancerGroup: group([peer('Destination', 'ProxyGroup', 8080)], [], 'Proxies'),
    ProxyGroup: group(
      [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
      [peer('Source', 'BalancerGroup', 8080)],
      'Proxies',
    ),
    Targets: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: { TargetType: 'ip', Port: 8080 } },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: ref('Balancer'),
        Port: 443,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
      },
    },
    Offered: {
      Type: 'AWS::EC2::VPCEndpointService',
      Properties: { NetworkLoadBalancerArns: [ref('Balancer')], AcceptanceRequired: false },
    },
    Permissions: {
      Type: 'AWS::EC2::VPCEndpointServicePermissions',
      Properties: {
        ServiceId: ref('Offered'),
        AllowedPrincipals: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' }],
      },
    },
    Proxy: task('proxy', {
      Name: 'proxy',
      LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': ref('Log') } },
    }),
    ProxyService: {
      ...service('Proxy', 'ProxySubnet', 'ProxyGroup', { LoadBalancers: [{ TargetGroupArn: ref('Targets') }] }),
    },
    Log: { Type: 'AWS::Logs::LogGroup' },
  };
}

function names(): Resources {
  return {
    Everything: { Type: 'AWS::Route53Resolver::FirewallDomainList', Properties: { Domains: ['*'] } },
    Allowed: { Type: 'AWS::Route53Resolver::FirewallDomainList', Properties: { Domains: ['proxy.example'] } },
    Names: {
      Type: 'AWS::Route53Resolver::FirewallRuleGroup',
      Properties: {
        FirewallRules: [
          { FirewallDomainListId: ref('Allowed'), Priority: 10, Action: 'ALLOW' },
          { FirewallDomainListId: ref('Everything'), Priority: 20, Action: 'BLOCK', BlockResponse: 'NODATA' },
        ],
      },
    },
    Firewall: {
      Type: 'AWS::Route53Resolver::FirewallRuleGroupAssociation',
      Properties: { VpcId: ref('Vpc'), FirewallRuleGroupId: ref('Names'), Priority: 200 },
    },
  };
}

function secret(): Resources {
  const read = { Action: 'secretsmanager:GetSecretValue', Resource: ref('Secret') };
  return {
    Secret: { Type: 'AWS::SecretsManager::Secret' },
    SecretPolicy: {
      Type: 'AWS::SecretsManager::ResourcePolicy',
      Properties: {
        SecretId: ref('Secret'),
        ResourcePolicy: {
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 'secretsmanager:GetSecretValue',
              Resource: '*',
              Condition: { StringNotEquals: { 'aws:PrincipalArn': att('ProxyRole', 'Arn') } },
            },
          ],
        },
      },
    },
    ProxyRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [{ PolicyName: 'read', PolicyDocument: { Statement: [{ Effect: 'Allow', ...read }] } }],
      },
    },
  };
}

/** A subnet with a table of its own. */
export function subnet(id: string, vpc: string, CidrBlock: string, table: string): Resources {
  return {
    [id]: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref(vpc), CidrBlock } },
    [table]: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref(vpc) } },
    [`${id}Association`]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(id), RouteTableId: ref(table) },
    },
  };
}

export function service(task: string, subnet: string, group: string, more: object = {}): Resources[string] {
  return {
    Type: 'AWS::ECS::Service',
    Properties: {
      LaunchType: 'FARGATE',
      TaskDefinition: ref(task),
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          Subnets: [ref(subnet)],
          SecurityGroups: [att(group, 'GroupId')],
          AssignPublicIp: 'DISABLED',
        },
      },
      ...more,
    },
  };
}

function task(kind: 'agent' | 'proxy', container: object): Resources[string] {
  return {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      NetworkMode: 'awsvpc',
      ContainerDefinitions: [container],
      ...(kind === 'proxy' && { TaskRoleArn: att('ProxyRole', 'Arn') }),
    },
    Metadata: { 'anchorhold:workload': kind },
  };
}
