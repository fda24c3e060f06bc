import { ComputeForwardingRule } from '@cdktf/provider-google/lib/compute-forwarding-rule';
import { ComputeRegionBackendService } from '@cdktf/provider-google/lib/compute-region-backend-service';
import { Construct } from 'constructs';
import type { EgressNetwork } from './egress-network';
import type { ProxyMachines } from './proxy-machines';

/** How long a machine that leaves may finish its streams. The platform cuts all that is older than an hour. */
const DRAIN_SECONDS = 3600;

export interface ProxyFrontProps {
  readonly network: EgressNetwork;
  readonly machines: ProxyMachines;
}

/** The proxy's machines as one: an internal passthrough load balancer, before anyone can reach it. */
export class ProxyFront extends Construct {
  private readonly backend: ComputeRegionBackendService;
  private readonly network: EgressNetwork;

  constructor(scope: Construct, id: string, props: ProxyFrontProps) {
    super(scope, id);
    this.network = props.network;
    this.backend = new ComputeRegionBackendService(this, 'Backend', {
      name: `${props.network.name}-proxy`,
      ...props.network.location,
      protocol: 'TCP',
      loadBalancingScheme: 'INTERNAL',
      healthChecks: [props.machines.healthCheck.id],
      connectionDrainingTimeoutSec: DRAIN_SECONDS,
      backend: [{ group: props.machines.group.instanceGroup, balancingMode: 'CONNECTION' }],
    });
  }

  /** Gives it an address: any of the subnet's, or the one given. */
  listen(ports: readonly number[], subnetwork: string, address?: string): ComputeForwardingRule {
    return new ComputeForwardingRule(this, 'Listener', {
      name: `${this.network.name}-proxy`,
      ...this.network.location,
      loadBalancingScheme: 'INTERNAL',
      backendService: this.backend.id,
      ipProtocol: 'TCP',
      ports: ports.map(String),
      network: this.network.network.id,
      subnetwork,
      allowGlobalAccess: false,
      ...(address === undefined ? {} : { ipAddress: address }),
    });
  }
}
