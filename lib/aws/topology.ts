import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { AgentNetwork } from './agent-network';
import { EgressNetwork } from './egress-network';
import type { Perimeter } from './perimeter';
import type { ProxyNetwork } from './proxy-network';
import { SharedNetwork } from './shared-network';

export interface TopologyProps {
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
  /** Whose keys and resources the endpoints admit. @default Perimeter.account() */
  readonly perimeter?: Perimeter;
  /** Of logs, secrets, the tasks' disks and the output of whatever stands in the network. @default - keys of AWS */
  readonly encryptionKey?: IKey;
  /** Whether a network access list stands around the agents' subnets too: no UDP, no port but 443 out. @default false */
  readonly networkAcl?: boolean;
}

export interface SharedTopologyProps extends TopologyProps {
  /** Exact names that the policy's hosts redirect to (CNAME). @default - none */
  readonly redirections?: readonly string[];
}

/** What networks must have. */
export interface TopologyNeeds {
  /** False: there is no gateway and no NAT in them. */
  readonly internet: boolean;
  /** False: agents start without endpoints of AWS. One shared network has them for its proxy all the same. */
  readonly platformEndpoints: boolean;
}

/** How many networks there are, and so what lies between an agent and its proxy. */
export class Topology {
  /** A network for agents and one for the proxy, no route between them, and PrivateLink as the one window. */
  static privateLink(props: TopologyProps = {}): Topology {
    return new Topology((scope, { internet, platformEndpoints }) => ({
      agents: new AgentNetwork(scope, 'Network', { ...props, platformEndpoints }),
      egress: new EgressNetwork(scope, 'Egress', { ...props, internet }),
    }));
  }

  /** One network for both, for cost: see `SharedNetwork` for what it gives up. */
  static sharedVpc(props: SharedTopologyProps = {}): Topology {
    return new Topology((scope, { internet }) => new SharedNetwork(scope, 'Network', { ...props, internet }));
  }

  private constructor(
    /** Makes the networks that are needed. */
    readonly build: (
      scope: Construct,
      needs: TopologyNeeds,
    ) => { readonly agents: AgentNetwork; readonly egress: ProxyNetwork },
  ) {}
}
