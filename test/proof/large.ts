import { nat, type Resources } from './templates';

/**
 * A template of about `count` resources as large apps have them: agents, groups with rules of their own, tables with
 * routes, endpoints with policies, roles, buckets.
 */
export function largeTemplate(count: number): Resources {
  const resources: Resources = { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/8' } }, ...nat() };
  delete resources.Default;
  for (let index = 0; Object.keys(resources).length < count; index++) Object.assign(resources, cell(index));
  return resources;
}

function cell(index: number): Resources {
  const [subnet, table, group, task] = ['Subnet', 'Table', 'Group', 'Task'].map((name) => `${name}${index}`);
  const ref = (name: string | undefined) => ({ Ref: name });
  const ofAgents = index % 10 === 0;
  return {
    [`Subnet${index}`]: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: ref('Vpc'), CidrBlock: `10.${index % 250}.0.0/24` },
    },
    [`Table${index}`]: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    [`Association${index}`]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(subnet), RouteTableId: ref(table) },
    },
    [`Route${index}`]: {
      Type: 'AWS::EC2::Route',
      Properties: { RouteTableId: ref(table), DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: ref('Nat') },
    },
    [`Group${index}`]: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        VpcId: ref('Vpc'),
        SecurityGroupEgress: [{ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
      },
    },
    [`Rule${index}`]: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: ref(group),
        SourceSecurityGroupId: ref(`Group${Math.max(0, index - 1)}`),
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
      },
    },
    [`Endpoint${index}`]: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Interface',
        VpcId: ref('Vpc'),
        SubnetIds: [ref(subnet)],
        SecurityGroupIds: [ref(group)],
        ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.logs' },
      },
    },
    [`Role${index}`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 's3:GetObject',
                  Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [`Bucket${index}`, 'Arn'] }, '/*']] },
                },
              ],
            },
          },
        ],
      },
    },
    [`Bucket${index}`]: { Type: 'AWS::S3::Bucket' },
    ...(ofAgents
      ? {
          [`Task${index}`]: {
            Type: 'AWS::ECS::TaskDefinition',
            Properties: { ContainerDefinitions: [{ Name: 'agent' }], NetworkMode: 'awsvpc' },
          },
        }
      : {}),
    ...(ofAgents
      ? {
          [`Service${index}`]: {
            Type: 'AWS::ECS::Service',
            Properties: {
              LaunchType: 'FARGATE',
              TaskDefinition: ref(task),
              NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [ref(subnet)], SecurityGroups: [ref(group)] } },
            },
          },
        }
      : {}),
  };
}
