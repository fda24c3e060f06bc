import { Duration } from 'aws-cdk-lib';
import { type ISecurityGroup, Port, type VpcEndpointService } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { AUTHORITY_PATH } from '../envoy';
import type { ClosedSecurityGroup } from './closed-security-group';
import { PrivateBalancer } from './private-balancer';
import type { ProxyNetwork } from './proxy-network';
import { GATEWAY_PORT } from './proxy-ports';

export interface ProxyFrontProps {
  readonly network: ProxyNetwork;
  readonly service: FargateService;
  readonly securityGroup: ClosedSecurityGroup;
  readonly ports: readonly number[];
  /** How long streams may go on when a task is replaced. @default 10 minutes */
  readonly drain?: Duration;
}

/**
 * The internal load balancer of the proxy. Where agents stand in another network it is offered to this account over
 * PrivateLink: a way in that is no route between networks.
 */
export class ProxyFront extends Construct {
  readonly balancer: NetworkLoadBalancer;
  readonly securityGroup: ISecurityGroup;
  /** Undefined where agents stand in the same network. */
  readonly endpointService?: VpcEndpointService;

  constructor(scope: Construct, id: string, props: ProxyFrontProps) {
    super(scope, id);
    const { vpc, subnets, garden } = props.network;
    const front = new PrivateBalancer(this, 'Private', {
      vpc,
      subnets,
      description: 'Load balancer of the egress proxy',
      offered: garden === undefined,
    });
    this.balancer = front.balancer;
    this.securityGroup = front.securityGroup;
    if (front.endpointService) this.endpointService = front.endpointService;
    for (const port of props.ports) {
      this.balancer.addListener(`Listener${port}`, {
        port,
        tcpIdleTimeout: Duration.seconds(3600),
        defaultTargetGroups: [this.targets(port, props)],
      });
      this.securityGroup.connections.allowTo(props.securityGroup, Port.tcp(port), 'to Envoy');
    }
  }

  private targets(port: number, { network, service, drain }: ProxyFrontProps): NetworkTargetGroup {
    return new NetworkTargetGroup(this, `Targets${port}`, {
      vpc: network.vpc,
      port,
      protocol: Protocol.TCP,
      targetType: TargetType.IP,
      preserveClientIp: false,
      // Streams' time before the task is told to stop; then come the two minutes in which the keeper drains.
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
