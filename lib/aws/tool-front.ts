import { Duration, Fn } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointService, type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnRecordSetGroup, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Policy } from '../policy';
import type { AgentNetwork } from './agent-network';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EgressProxy } from './egress-proxy';
import { PrivateBalancer } from './private-balancer';

export interface ToolFrontProps {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
  readonly upstream: Policy['upstreams'][number];
  readonly service: FargateService;
  readonly securityGroup: ISecurityGroup;
  /** Name of the container that listens. */
  readonly container: string;
  /** @default 8080 */
  readonly port?: number;
  /** @default - the image ends TLS */
  readonly certificate?: ICertificate;
}

/**
 * What stands between the agents' proxy and a tool: an internal balancer in the tool's network, and in the proxy's an
 * endpoint of PrivateLink and a private zone of exactly the tool's name. Only the proxy's group is let into the endpoint, and
 * only the balancer's into the tool.
 */
export class ToolFront extends Construct {
  constructor(scope: Construct, id: string, props: ToolFrontProps) {
    super(scope, id);
    const { network, proxy, upstream } = props;
    const together = network.vpc === proxy.network.vpc;
    const front = new PrivateBalancer(this, 'Private', {
      vpc: network.vpc,
      subnets: network.subnets,
      description: `Load balancer of ${upstream.host}`,
      offered: !together,
    });
    this.listen(front, props);
    if (front.endpointService) {
      const { vpcEndpointServiceName } = front.endpointService;
      const endpoint = this.addEndpoint(vpcEndpointServiceName, props);
      // The endpoint is refused until the service names this account.
      endpoint.node.addDependency(front.endpointService);
      const entry = Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries));
      this.nameIt(props, { dnsName: Fn.select(1, entry), hostedZoneId: Fn.select(0, entry) });
    } else {
      proxy.connections.allowTo(front.securityGroup, Port.tcp(upstream.port), `the tool ${upstream.host}`);
      this.nameIt(props, aliasOf(front.balancer));
    }
  }

  private listen({ balancer, securityGroup: from }: PrivateBalancer, props: ToolFrontProps): void {
    const { network, upstream, service, securityGroup, container, certificate, port = 8080 } = props;
    const targets = new NetworkTargetGroup(this, 'Targets', {
      vpc: network.vpc,
      port,
      protocol: Protocol.TCP,
      targetType: TargetType.IP,
      preserveClientIp: false,
      deregistrationDelay: Duration.minutes(2),
      targets: [service.loadBalancerTarget({ containerName: container, containerPort: port })],
    });
    balancer.addListener('Listener', {
      port: upstream.port,
      defaultTargetGroups: [targets],
      ...(certificate
        ? { protocol: Protocol.TLS, certificates: [certificate], sslPolicy: SslPolicy.RECOMMENDED_TLS }
        : { protocol: Protocol.TCP, tcpIdleTimeout: Duration.seconds(3600) }),
    });
    from.connections.allowTo(securityGroup, Port.tcp(port), 'to the tool');
  }

  private addEndpoint(serviceName: string, { proxy, upstream }: ToolFrontProps): InterfaceVpcEndpoint {
    const { vpc, subnets } = proxy.network;
    const description = `Endpoint of ${upstream.host}`;
    const group = new ClosedSecurityGroup(this, 'EndpointSecurityGroup', { vpc, description });
    proxy.connections.allowTo(group, Port.tcp(upstream.port), `the tool ${upstream.host}`);
    return new InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc,
      subnets,
      service: new InterfaceVpcEndpointService(serviceName, upstream.port),
      open: false,
      privateDnsEnabled: false,
      securityGroups: [group],
    });
  }

  /** A zone of exactly this name: it shadows no other name that the proxy must resolve. */
  private nameIt({ proxy, upstream }: ToolFrontProps, aliasTarget: CfnRecordSetGroup.AliasTargetProperty): void {
    const zone = new PrivateHostedZone(this, 'Zone', { vpc: proxy.network.vpc, zoneName: upstream.host });
    new CfnRecordSetGroup(this, 'Name', {
      hostedZoneId: zone.hostedZoneId,
      recordSets: [{ name: `${upstream.host}.`, type: 'A', aliasTarget }],
    });
  }
}

function aliasOf(balancer: NetworkLoadBalancer): CfnRecordSetGroup.AliasTargetProperty {
  return { dnsName: balancer.loadBalancerDnsName, hostedZoneId: balancer.loadBalancerCanonicalHostedZoneId };
}
