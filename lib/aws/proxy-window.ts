import { Fn } from 'aws-cdk-lib';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointService, type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { AgentNetwork } from './agent-network';
import { ClosedSecurityGroup } from './closed-security-group';
import { type EgressProxy, FORWARD_PROXY_PORT, GATEWAY_PORT } from './egress-proxy';

export interface ProxyWindowProps {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
}

/** The proxy as the agents' network sees it: one address, two ports. */
export class ProxyWindow extends Construct {
  /** Name of the proxy; it resolves in the agents' network. */
  readonly name: string;
  private readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, props: ProxyWindowProps) {
    super(scope, id);
    const { endpointService } = props.proxy.front;
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc: props.network.vpc,
      description: 'Endpoint of the egress proxy',
    });
    const endpoint = new InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc: props.network.vpc,
      service: new InterfaceVpcEndpointService(endpointService.vpcEndpointServiceName, GATEWAY_PORT),
      open: false,
      privateDnsEnabled: false,
      securityGroups: [this.securityGroup],
    });
    // The endpoint is refused until the service names this account.
    endpoint.node.addDependency(endpointService);
    this.name = Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)));
    props.network.garden.allow(this.name);
  }

  /** Opens a task's group to the proxy's two ports. */
  allowFrom(group: ISecurityGroup): void {
    group.connections.allowTo(this.securityGroup, Port.tcp(GATEWAY_PORT), 'proxy, by base URL');
    group.connections.allowTo(this.securityGroup, Port.tcp(FORWARD_PROXY_PORT), 'proxy, by CONNECT');
  }
}
