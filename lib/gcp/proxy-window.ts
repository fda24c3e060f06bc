import { ComputeAddress } from '@cdktf/provider-google/lib/compute-address';
import { ComputeForwardingRule } from '@cdktf/provider-google/lib/compute-forwarding-rule';
import { ComputeServiceAttachment } from '@cdktf/provider-google/lib/compute-service-attachment';
import { Construct } from 'constructs';
import { AGENT_TAG, type AgentNetwork } from './agent-network';
import type { EgressProxy } from './egress-proxy';
import { RESTRICTED_APIS } from './google-apis';
import { resourceProblems } from './resource-problems';

export interface ProxyWindowProps {
  readonly network: AgentNetwork;
  readonly proxy: EgressProxy;
}

/** The proxy as the agents' network sees it: one address, a few ports, and the policy's names leading there. */
export class ProxyWindow extends Construct {
  /** A literal, so that rules, names and environment are known at plan time. */
  readonly address: string;
  readonly ports: readonly number[];
  /** What stands at the address. */
  readonly listener: ComputeForwardingRule;

  constructor(scope: Construct, id: string, props: ProxyWindowProps) {
    super(scope, id);
    const { network, proxy } = props;
    this.address = network.windowAddress;
    this.ports = proxy.ports;
    this.listener = proxy.network.within
      ? proxy.front.listen(proxy.ports, network.windowSubnetwork.id, this.reserve(network).id)
      : this.join(network, proxy);
    network.firewall.allowTo('agent-to-window', [`${this.address}/32`], {
      ports: proxy.ports,
      who: { tag: AGENT_TAG },
    });
    for (const host of new Set(proxy.policy.upstreams.map((upstream) => upstream.host)))
      network.garden.answer(host, [this.address]);
    if (proxy.network.within) this.answerForMachines(network);
    this.node.addValidation({ validate: () => resourceProblems(this) });
  }

  /** Two networks, joined by Private Service Connect: a way in that is no route between them. */
  private join(network: AgentNetwork, proxy: EgressProxy): ComputeForwardingRule {
    const { doorSubnetwork, location, name, subnetworkId } = proxy.network;
    const attachment = new ComputeServiceAttachment(this, 'Door', {
      name: `${name}-proxy`,
      ...location,
      targetService: proxy.front.listen(proxy.ports, subnetworkId).id,
      natSubnets: doorSubnetwork ? [doorSubnetwork.id] : [],
      enableProxyProtocol: false,
      connectionPreference: 'ACCEPT_MANUAL',
      // Else a list made narrower leaves the connections of before.
      reconcileConnections: true,
      // The agents' network, not its whole project.
      consumerAcceptLists: [{ networkUrl: network.network.selfLink, connectionLimit: 1 }],
    });
    return new ComputeForwardingRule(this, 'Window', {
      name: `${network.name}-window`,
      ...network.location,
      // Empty, not left out: the default is EXTERNAL.
      loadBalancingScheme: '',
      target: attachment.id,
      network: network.network.id,
      ipAddress: this.reserve(network).id,
      allowPscGlobalAccess: false,
      noAutomateDnsZone: true,
      recreateClosedPsc: true,
    });
  }

  private reserve(network: AgentNetwork): ComputeAddress {
    return new ComputeAddress(this, 'Address', {
      name: `${network.name}-window`,
      ...network.location,
      subnetwork: network.windowSubnetwork.id,
      addressType: 'INTERNAL',
      address: this.address,
      purpose: 'GCE_ENDPOINT',
    });
  }

  /** In a shared network the proxy's machines ask the same garden: Google's names lead to Google, where no rule lets an agent go. */
  private answerForMachines({ garden }: AgentNetwork): void {
    for (const domain of RESTRICTED_APIS.domains) garden.answer(`*.${domain}`, RESTRICTED_APIS.addresses);
    garden.answer('metadata.google.internal', ['169.254.169.254']);
  }
}
