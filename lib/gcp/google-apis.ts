import { ComputeRoute } from '@cdktf/provider-google/lib/compute-route';
import { DnsManagedZone } from '@cdktf/provider-google/lib/dns-managed-zone';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { Construct } from 'constructs';
import type { NetworkReference } from './closed-network';

/** Google's APIs for members of a network without an address of their own; those outside a service perimeter's reach are refused there. */
export const RESTRICTED_APIS = {
  cidr: '199.36.153.4/30',
  addresses: ['199.36.153.4', '199.36.153.5', '199.36.153.6', '199.36.153.7'],
  /** Secret Manager, Vertex AI, logging; and Artifact Registry. */
  domains: ['googleapis.com', 'pkg.dev'],
} as const;

const TTL_SECONDS = 300;

export interface GoogleApisProps {
  /** First part of the names. */
  readonly name: string;
  readonly project: string;
  readonly network: NetworkReference;
  /** Machines the route is for. */
  readonly tag: string;
  /** Whether private zones send Google's names here. @default true */
  readonly zones?: boolean;
}

/** The proxy's way to Google's APIs: a route to the restricted addresses and, in a network of its own, the names that lead there. */
export class GoogleApis extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: GoogleApisProps,
  ) {
    super(scope, id);
    const { name, network, project } = props;
    new ComputeRoute(this, 'Route', {
      name: `${name}-google-apis`,
      project,
      network: network.id,
      destRange: RESTRICTED_APIS.cidr,
      nextHopGateway: 'default-internet-gateway',
      priority: 1000,
      tags: [props.tag],
    });
    if (props.zones === false) return;
    for (const domain of RESTRICTED_APIS.domains) this.answer(domain);
  }

  /** Sends a domain's names here too, once: services of Cloud Run have theirs under `run.app`. */
  answer(domain: string): void {
    if (this.node.tryFindChild(domain)) return;
    const { name, network, project } = this.props;
    const zone = new DnsManagedZone(this, domain, {
      name: `${name}-${domain.replace('.', '-')}`,
      project,
      dnsName: `${domain}.`,
      visibility: 'private',
      description: "Google's APIs at their restricted addresses",
      privateVisibilityConfig: { networks: [{ networkUrl: network.id }] },
    });
    const common = { managedZone: zone.name, project, ttl: TTL_SECONDS };
    const target = `restricted.${domain}.`;
    new DnsRecordSet(this, `${domain}-addresses`, {
      ...common,
      name: target,
      type: 'A',
      rrdatas: [...RESTRICTED_APIS.addresses],
    });
    new DnsRecordSet(this, `${domain}-names`, { ...common, name: `*.${domain}.`, type: 'CNAME', rrdatas: [target] });
  }
}
