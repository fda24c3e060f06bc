import { prove, type ClaimId, type Finding, type ProveOptions, type Report } from '../../lib/proof';

export type Resources = Record<string, { Type: string; Properties?: object; Metadata?: object; Condition?: string }>;

/** A network with one private subnet and one agent in it that reaches nothing; cases change what they are about. */
export function closedCell(): Resources {
  return {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.1.0/24' } },
    Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'Vpc' } } },
    Association: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: { Ref: 'Table' } },
    },
    Group: group([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 }]),
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: { NetworkMode: 'awsvpc', ContainerDefinitions: [{ Name: 'agent' }] },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        LaunchType: 'FARGATE',
        TaskDefinition: { Ref: 'Task' },
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: [{ Ref: 'Subnet' }],
            SecurityGroups: [{ Ref: 'Group' }],
            AssignPublicIp: 'DISABLED',
          },
        },
      },
    },
  };
}

export function group(
  egress: readonly object[] | undefined,
  ingress: readonly object[] = [],
  vpc = 'Vpc',
): Resources[string] {
  return {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      VpcId: { Ref: vpc },
      ...(egress && { SecurityGroupEgress: egress }),
      ...(ingress.length > 0 && { SecurityGroupIngress: ingress }),
    },
  };
}

export const ALL_OUT = { CidrIp: '0.0.0.0/0', IpProtocol: '-1' };
/** A way out of one claim alone: by TCP it would lead to endpoints of the cloud too. */
export const UDP_OUT = { CidrIp: '0.0.0.0/0', IpProtocol: 'udp', FromPort: 53, ToPort: 53 };
export const ALL_OUT_V6 = { CidrIpv6: '::/0', IpProtocol: '-1' };

/** A route of the agent's own table. */
export function route(properties: object): Resources[string] {
  return { Type: 'AWS::EC2::Route', Properties: { RouteTableId: { Ref: 'Table' }, ...properties } };
}

/** A gateway to the internet and a route to it from the agent's subnet. */
export function internetGateway(): Resources {
  return {
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
    },
    Default: route({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } }),
  };
}

/** NAT in a public subnet of its own, and a route to it from the agent's subnet. */
export function nat(): Resources {
  return {
    ...internetGateway(),
    Default: route({ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: { Ref: 'Nat' } }),
    Nat: { Type: 'AWS::EC2::NatGateway', Properties: { SubnetId: { Ref: 'Public' } } },
    Public: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.2.0/24' } },
    PublicTable: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'Vpc' } } },
    PublicAssociation: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: { Ref: 'Public' }, RouteTableId: { Ref: 'PublicTable' } },
    },
    PublicDefault: {
      Type: 'AWS::EC2::Route',
      Properties: {
        RouteTableId: { Ref: 'PublicTable' },
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: { Ref: 'Gateway' },
      },
    },
  };
}

/** The properties of a resource, to change them. */
export function propertiesOf(resources: Resources, id: string): Record<string, unknown> {
  const found = resources[id];
  if (!found) throw new Error(`no resource ${id}`);
  // Test templates are literals of this file; their properties are plain objects.
  return (found.Properties ??= {}) as Record<string, unknown>;
}

export function judged(resources: Resources, options: ProveOptions = {}, sections: object = {}): Report {
  return prove([{ name: 'test', document: { Resources: resources, ...sections } }], options);
}

/** The one finding of a claim on destinations that hold this text. */
export function finding(report: Report, claim: ClaimId, destination: string): Finding {
  const found = report.findings.filter((one) => one.claim === claim && one.destination.includes(destination));
  const [only] = found;
  if (!only || found.length > 1)
    throw new Error(
      `expected one finding of ${claim} on "${destination}", got ${JSON.stringify(report.findings, null, 1)}`,
    );
  return only;
}

/** Verdicts of a claim by destination. */
export function verdicts(report: Report, claim: ClaimId): Record<string, string> {
  return Object.fromEntries(
    report.findings.filter((one) => one.claim === claim).map((one) => [one.destination, one.verdict]),
  );
}
