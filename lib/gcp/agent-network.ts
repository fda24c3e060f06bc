import type { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import type { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { Construct } from 'constructs';
import { addressIn, rangeProblems } from './cidr';
import { ClosedFirewall } from './closed-firewall';
import { closedNetwork, loggedSubnet } from './closed-network';
import { DnsGarden } from './dns-garden';
import { type Location, locationOf } from './location';
import { checkName, claimName } from './name';
import { refuse } from './refusal';
import { agentNetworkProblems } from './network-problems';

/** Which of a network's members are agents: the firewall lets this tag reach the window. */
export const AGENT_TAG = 'agent';

/** The window's place in its subnet; the first two addresses are the platform's. */
const WINDOW_OFFSET = 10;
/** Cloud Run takes addresses in blocks of 16, and four times as many as it runs instances. */
const LONGEST_AGENTS = 26;
const LONGEST_WINDOW = 28;

export interface AgentNetworkProps {
  /** First part of the resources' names. */
  readonly name: string;
  /** Addresses of agents: a /26 or larger, four for each instance that runs at once. @default '10.10.0.0/24' */
  readonly cidr?: string;
  /** Where the window is: a /28 or larger. @default '10.10.1.0/28' */
  readonly windowCidr?: string;
  /** @default - those of the stack's GoogleProvider */
  readonly location?: Location;
}

/**
 * A network with no way out: no default route, no NAT, no private access to Google's APIs, IPv4 alone, everything denied in
 * both families and both directions, names as a walled garden. A window is opened by `ProxyWindow`.
 */
export class AgentNetwork extends Construct {
  readonly location: Location;
  readonly network: ComputeNetwork;
  readonly subnetwork: ComputeSubnetwork;
  readonly windowSubnetwork: ComputeSubnetwork;
  readonly firewall: ClosedFirewall;
  readonly garden: DnsGarden;
  /** Addresses of agents. */
  readonly cidr: string;
  /** The one address an agent may reach, known at plan time. */
  readonly windowAddress: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: AgentNetworkProps) {
    super(scope, id);
    this.name = checkName(props.name);
    claimName(this, 'network', this.name);
    this.location = locationOf(this, props.location);
    this.cidr = props.cidr ?? '10.10.0.0/24';
    const windowCidr = props.windowCidr ?? '10.10.1.0/28';
    refuse(
      rangeProblems([
        { name: 'cidr', cidr: this.cidr, longest: LONGEST_AGENTS },
        { name: 'windowCidr', cidr: windowCidr, longest: LONGEST_WINDOW },
      ]),
    );
    this.windowAddress = addressIn(windowCidr, WINDOW_OFFSET);
    const { location, name } = this;
    this.network = closedNetwork(this, 'Network', `${name}-agent`, location);
    const common = { network: this.network, location, googleAccess: false };
    this.subnetwork = loggedSubnet(this, 'Agents', { ...common, name: `${name}-agents`, cidr: this.cidr });
    this.windowSubnetwork = loggedSubnet(this, 'WindowSubnet', {
      ...common,
      name: `${name}-window`,
      cidr: windowCidr,
    });
    const named = { name: `${name}-agent`, project: location.project, network: this.network };
    this.firewall = new ClosedFirewall(this, 'Firewall', named);
    this.garden = new DnsGarden(this, 'Names', named);
    this.node.addValidation({ validate: () => agentNetworkProblems(this, AGENT_TAG) });
  }
}
