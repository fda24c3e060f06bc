import { Duration, Stack } from 'aws-cdk-lib';
import { Port, SubnetType, type Vpc, VpcEndpointService } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { NetworkLoadBalancer, NetworkTargetGroup, Protocol, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ClosedSecurityGroup } from './closed-security-group';

export interface ProxyFrontProps {
  readonly vpc: Vpc;
  readonly service: FargateService;
  readonly securityGroup: ClosedSecurityGroup;
  readonly ports: readonly number[];
}

/** The internal load balancer of the proxy, offered to this account over PrivateLink: a way in that is no route between networks. */
export class ProxyFront extends Construct {
  readonly endpointService: VpcEndpointService;

  constructor(scope: Construct, id: string, props: ProxyFrontProps) {
    super(scope, id);
    const securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Load balancer of the egress proxy',
    });
    const balancer = new NetworkLoadBalancer(this, 'Balancer', {
      vpc: props.vpc,
      internetFacing: false,
      securityGroups: [securityGroup],
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      crossZoneEnabled: true,
      // Its group judges callers of its own network only; the endpoint's group in the agents' network judges those over PrivateLink.
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: false,
    });
    for (const port of props.ports) {
      const target = props.service.loadBalancerTarget({ containerName: 'envoy', containerPort: port });
      const targets = new NetworkTargetGroup(this, `Targets${port}`, {
        vpc: props.vpc,
        port,
        protocol: Protocol.TCP,
        targetType: TargetType.IP,
        preserveClientIp: false,
        deregistrationDelay: Duration.seconds(600),
        targets: [target],
        healthCheck: { protocol: Protocol.TCP },
      });
      balancer.addListener(`Listener${port}`, {
        port,
        tcpIdleTimeout: Duration.seconds(3600),
        defaultTargetGroups: [targets],
      });
      securityGroup.connections.allowTo(props.securityGroup, Port.tcp(port), 'to Envoy');
    }
    const { account, partition } = Stack.of(this);
    this.endpointService = new VpcEndpointService(this, 'EndpointService', {
      vpcEndpointServiceLoadBalancers: [balancer],
      acceptanceRequired: false,
      allowedPrincipals: [new ArnPrincipal(`arn:${partition}:iam::${account}:root`)],
    });
  }
}
