import { Duration, Stack } from 'aws-cdk-lib';
import { Port, VpcEndpointService } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { NetworkLoadBalancer, NetworkTargetGroup, Protocol, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AUTHORITY_PATH } from '../envoy';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EgressNetwork } from './egress-network';
import { GATEWAY_PORT } from './proxy-ports';

export interface ProxyFrontProps {
  readonly network: EgressNetwork;
  readonly service: FargateService;
  readonly securityGroup: ClosedSecurityGroup;
  readonly ports: readonly number[];
  /** How long streams may go on when a task is replaced. @default 10 minutes */
  readonly drain?: Duration;
}

/** The internal load balancer of the proxy, offered to this account over PrivateLink: a way in that is no route between networks. */
export class ProxyFront extends Construct {
  readonly endpointService: VpcEndpointService;

  constructor(scope: Construct, id: string, props: ProxyFrontProps) {
    super(scope, id);
    const { vpc, subnets } = props.network;
    const securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Load balancer of the egress proxy',
    });
    const balancer = new NetworkLoadBalancer(this, 'Balancer', {
      vpc,
      internetFacing: false,
      securityGroups: [securityGroup],
      vpcSubnets: subnets,
      crossZoneEnabled: true,
      // Its group judges callers of its own network only; the endpoint's group in the agents' network judges those over PrivateLink.
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: false,
    });
    for (const port of props.ports) {
      balancer.addListener(`Listener${port}`, {
        port,
        tcpIdleTimeout: Duration.seconds(3600),
        defaultTargetGroups: [this.targets(port, props)],
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

  private targets(port: number, { network, service, drain }: ProxyFrontProps): NetworkTargetGroup {
    return new NetworkTargetGroup(this, `Targets${port}`, {
      vpc: network.vpc,
      port,
      protocol: Protocol.TCP,
      targetType: TargetType.IP,
      preserveClientIp: false,
      // Envoy ends its streams at once when it is told to stop: this is their time.
      deregistrationDelay: drain ?? Duration.minutes(10),
      targets: [service.loadBalancerTarget({ containerName: 'envoy', containerPort: port })],
      // Envoy answers this only when keeper held every secret before it; the refusing ports are the same process.
      healthCheck: {
        protocol: Protocol.HTTP,
        port: String(GATEWAY_PORT),
        path: AUTHORITY_PATH,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
      },
    });
  }
}
