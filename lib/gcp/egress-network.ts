import { ComputeRoute } from '@cdktf/provider-google/lib/compute-route';
import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { Construct } from 'constructs';
import type { AgentNetwork } from './agent-network';
import { rangeProblems } from './cidr';
import { ClosedFirewall } from './closed-firewall';
import { closedNetwork, loggedSubnet, type NetworkReference } from './closed-network';
import { GoogleApis } from './google-apis';
import { type Location, locationOf } from './location';
import { checkName, claimName } from './name';
import { denyProblems } from './deny-problems';
import { ofType, renderedBelow } from './rendered';
import { overlapProblems, resourceProblems } from './resource-problems';
import { refuse } from './refusal';

/** Which of a network's machines have the routes out. */
export const PROXY_TAG = 'egress-proxy';

/** Envoy ends a stream that says nothing after an hour at most; the translation must outlive it. */
const IDLE_SECONDS = 3600;

/** A network that somebody else looks after. */
export interface ExistingNetwork {
  /** `projects/PROJECT/global/networks/NAME`. */
  readonly network: string;
  /** `projects/PROJECT/regions/REGION/subnetworks/NAME`, for the proxy's machines; with a way to the upstreams and to Google's APIs. */
  readonly subnetwork: string;
}

export interface EgressNetworkProps {
  /** First part of the resources' names. */
  readonly name: string;
  /** The proxy's machines. @default '10.20.0.0/24' */
  readonly cidr?: string;
  /** Where agents' connections come from in this network: a /28 or larger. @default '10.20.1.0/28' */
  readonly doorCidr?: string;
  /** Whether there is a way to the internet; false: Google's APIs alone, no NAT and no default route. @default true */
  readonly internet?: boolean;
  /** Put the proxy into the agents' own network, for less money and less separation. @default - a network of its own */
  readonly within?: AgentNetwork;
  /** Put the proxy into a network that exists: its routes, NAT and names are its owner's. @default - a network of its own */
  readonly existing?: ExistingNetwork;
  /** @default - those of the stack's GoogleProvider */
  readonly location?: Location;
}

/** The proxy's side, with the only way out there is. By default a network of its own: the agents' has no route to it. */
export class EgressNetwork extends Construct {
  readonly name: string;
  readonly location: Location;
  readonly network: NetworkReference;
  /** Id of the machines' subnet. */
  readonly subnetworkId: string;
  /** What agents connect from, as seen here. */
  readonly doorCidr: string;
  /** Undefined in the agents' own network: there is no door between two. */
  readonly doorSubnetwork?: ComputeSubnetwork;
  /** The whole network's; undefined in a network that exists, where the proxy brings rules for itself alone. */
  readonly firewall?: ClosedFirewall;
  readonly internet: boolean;
  /** The way to Google's APIs; undefined in a network that exists. */
  readonly googleApis?: GoogleApis;
  /** The agents' network it stands in, if so. */
  readonly within?: AgentNetwork;
  /** Whether the network is somebody else's. */
  readonly existing: boolean;

  constructor(scope: Construct, id: string, props: EgressNetworkProps) {
    super(scope, id);
    this.name = checkName(props.name);
    claimName(this, 'egress', this.name);
    this.location = props.within?.location ?? locationOf(this, props.location);
    this.internet = props.internet ?? true;
    this.within = props.within;
    this.existing = props.existing !== undefined;
    const cidr = props.cidr ?? '10.20.0.0/24';
    const doorCidr = props.doorCidr ?? '10.20.1.0/28';
    refuse(networkChoiceProblems(props, cidr, doorCidr));
    const own =
      props.existing || props.within ? undefined : closedNetwork(this, 'Network', `${this.name}-proxy`, this.location);
    this.network = own ?? props.within?.network ?? existingReference(props.existing);
    this.subnetworkId = props.existing?.subnetwork ?? this.addSubnet(cidr);
    this.firewall = props.within?.firewall ?? (own ? this.closeNetwork() : undefined);
    this.doorCidr = props.within?.cidr ?? doorCidr;
    if (!props.within) this.doorSubnetwork = this.addDoor(doorCidr);
    if (!props.existing) this.googleApis = this.addWaysOut();
    this.node.addValidation({ validate: () => this.problems() });
  }

  private problems(): string[] {
    const own = renderedBelow(this);
    return [
      ...resourceProblems(this),
      ...overlapProblems(ofType(own, 'compute_subnetwork')),
      // Another's network has rules of its own, and the agents' are theirs to check.
      ...(this.existing || this.within ? [] : denyProblems(this.node.path, ofType(own, 'compute_firewall'))),
    ];
  }

  private closeNetwork(): ClosedFirewall {
    const { location, name, network } = this;
    return new ClosedFirewall(this, 'Firewall', { name: `${name}-proxy`, project: location.project, network });
  }

  private addSubnet(cidr: string): string {
    const { location, name, network } = this;
    return loggedSubnet(this, 'Machines', { name: `${name}-proxy`, cidr, network, location, googleAccess: true }).id;
  }

  /** Private Service Connect lends each agents' network an address here. It takes neither flow logs nor Google access. */
  private addDoor(cidr: string): ComputeSubnetwork {
    return new ComputeSubnetwork(this, 'Door', {
      name: `${this.name}-door`,
      ...this.location,
      network: this.network.id,
      ipCidrRange: cidr,
      purpose: 'PRIVATE_SERVICE_CONNECT',
    });
  }

  private addWaysOut(): GoogleApis {
    const { location, name, network } = this;
    const { project } = location;
    const common = { name: `${name}-proxy`, ...location };
    const googleApis = new GoogleApis(this, 'GoogleApis', {
      name: `${name}-proxy`,
      project,
      network,
      tag: PROXY_TAG,
      // Shared with agents, the names are the garden's business: it is asked before any zone.
      zones: this.within === undefined,
    });
    if (!this.internet) return googleApis;
    new ComputeRoute(this, 'Route', {
      name: `${name}-proxy-internet`,
      project,
      network: network.id,
      destRange: '0.0.0.0/0',
      nextHopGateway: 'default-internet-gateway',
      priority: 1000,
      tags: [PROXY_TAG],
    });
    const router = new ComputeRouter(this, 'Router', { ...common, network: network.id });
    new ComputeRouterNat(this, 'Nat', {
      ...common,
      router: router.name,
      natIpAllocateOption: 'AUTO_ONLY',
      sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
      subnetwork: [{ name: this.subnetworkId, sourceIpRangesToNat: ['ALL_IP_RANGES'] }],
      // One port is one open connection to one destination: at the default of 64 a proxy to one model API runs dry.
      enableDynamicPortAllocation: true,
      enableEndpointIndependentMapping: false,
      minPortsPerVm: 1024,
      maxPortsPerVm: 32768,
      tcpEstablishedIdleTimeoutSec: IDLE_SECONDS,
      logConfig: { enable: true, filter: 'ALL' },
    });
    return googleApis;
  }
}

function networkChoiceProblems(props: EgressNetworkProps, cidr: string, doorCidr: string): string[] {
  const { existing, within } = props;
  if (within && props.internet === false)
    return [
      'internet: expected true in the agents’ own network, whose names the proxy can’t ask, got false; give the proxy a network of its own [shared-needs-internet]',
    ];
  if (existing && within)
    return ['network: expected either existing or within, got both; leave one out [network-twice]'];
  if (existing)
    return [
      ...referenceProblems('existing.network', existing.network, /^projects\/[^/]+\/global\/networks\/[^/]+$/),
      ...referenceProblems(
        'existing.subnetwork',
        existing.subnetwork,
        /^projects\/[^/]+\/regions\/[^/]+\/subnetworks\/[^/]+$/,
      ),
      ...rangeProblems([{ name: 'doorCidr', cidr: doorCidr, longest: 28 }]),
    ];
  const machines = { name: 'cidr', cidr, longest: 28 };
  if (!within) return rangeProblems([machines, { name: 'doorCidr', cidr: doorCidr, longest: 28 }]);
  return rangeProblems([machines, { name: 'within.cidr', cidr: within.cidr, longest: 32 }]);
}

function referenceProblems(prop: string, text: string, shape: RegExp): string[] {
  if (shape.test(text)) return [];
  return [
    `${prop}: expected a full path such as "projects/acme-net/global/networks/hub", got "${text}": a bare name would be looked for in the wrong project [network-reference-invalid]`,
  ];
}

function existingReference(existing: ExistingNetwork | undefined): NetworkReference {
  const id = existing?.network ?? '';
  return { id, name: id.split('/').at(-1) ?? '' };
}
