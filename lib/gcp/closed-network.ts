import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import type { Construct } from 'constructs';
import type { Location } from './location';

/** A network as other resources name it; a `ComputeNetwork` is one. */
export interface NetworkReference {
  /** `projects/P/global/networks/N`. */
  readonly id: string;
  readonly name: string;
}

/** A network without subnets, without default routes and without IPv6. */
export function closedNetwork(scope: Construct, id: string, name: string, { project }: Location): ComputeNetwork {
  return new ComputeNetwork(scope, id, {
    name,
    project,
    autoCreateSubnetworks: false,
    // It works at creation only: nothing can take the routes from a network that was made with them.
    deleteDefaultRoutesOnCreate: true,
    routingMode: 'REGIONAL',
    enableUlaInternalIpv6: false,
    // A policy that someone attaches to the network is asked after our deny rules, and so can't reopen it.
    networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
  });
}

/** A subnet's own settings. */
export interface SubnetOptions {
  readonly name: string;
  readonly cidr: string;
  readonly network: NetworkReference;
  readonly location: Location;
  /** Whether its members reach Google's APIs, everybody's buckets among them, without an address of their own. */
  readonly googleAccess: boolean;
}

/** An IPv4 subnet with flow logs. */
export function loggedSubnet(scope: Construct, id: string, options: SubnetOptions): ComputeSubnetwork {
  return new ComputeSubnetwork(scope, id, {
    name: options.name,
    ...options.location,
    network: options.network.id,
    ipCidrRange: options.cidr,
    stackType: 'IPV4_ONLY',
    privateIpGoogleAccess: options.googleAccess,
    logConfig: { aggregationInterval: 'INTERVAL_5_SEC', flowSampling: 1, metadata: 'INCLUDE_ALL_METADATA' },
  });
}
