import { Fn } from 'aws-cdk-lib';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointService, type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { AgentNetwork } from './agent-network';
import { ClosedSecurityGroup } from './closed-security-group';
import type { EgressProxy } from './egress-proxy';
import { GATEWAY_PORT } from './proxy-ports';
import { TransparentNames } from './transparent-names';

export interface ProxyWindowProps {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
}

/** The proxy as the agents' network sees it: one address, and the policy's names that resolve to it. */
export class ProxyWindow extends Construct {
  /** Name of the proxy; it resolves in the agents' network. */
  readonly name: string;
  readonly proxy: EgressProxy;
  /** The agents'. */
  readonly network: AgentNetwork;
  private readonly securityGroup: ISecurityGroup;
  private readonly ports: readonly number[];

  constructor(scope: Construct, id: string, props: ProxyWindowProps) {
    super(scope, id);
    this.proxy = props.proxy;
    this.network = props.network;
    this.ports = props.proxy.ports.all;
    const { endpointService, balancer, securityGroup } = props.proxy.front;
    if (endpointService === undefined) {
      if (props.network.vpc !== props.proxy.network.vpc) throw elsewhere();
      this.securityGroup = securityGroup;
      this.name = balancer.loadBalancerDnsName;
      props.network.garden.allow(this.name);
      return;
    }
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc: props.network.vpc,
      description: 'Endpoint of the egress proxy',
    });
    const endpoint = new InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc: props.network.vpc,
      service: new InterfaceVpcEndpointService(endpointService.vpcEndpointServiceName, GATEWAY_PORT),
      subnets: props.network.subnets,
      open: false,
      privateDnsEnabled: false,
      securityGroups: [this.securityGroup],
    });
    // The endpoint is refused until the service names this account.
    endpoint.node.addDependency(endpointService);
    // `zone:name`, the first of the whole region rather than of one of its zones.
    const entry = Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries));
    this.name = Fn.select(1, entry);
    props.network.garden.allow(this.name);
    if (props.proxy.ports.transparent.length === 0) return;
    const { garden, vpc } = props.network;
    new TransparentNames(this, 'Names', {
      policy: props.proxy.policy,
      vpc,
      garden,
      aliasTarget: { dnsName: this.name, hostedZoneId: Fn.select(0, entry) },
    });
  }

  /** Opens a task's group to the proxy's ports. */
  allowFrom(group: ISecurityGroup): void {
    for (const port of this.ports) group.connections.allowTo(this.securityGroup, Port.tcp(port), 'the egress proxy');
  }
}

function elsewhere(): Error {
  return new Error(
    'window: expected agents in the network that the proxy shares with them, got another network; give them that one, or give the proxy an EgressNetwork [window-elsewhere]',
  );
}
