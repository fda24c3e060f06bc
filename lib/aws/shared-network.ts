import { IpAddresses, IpProtocol, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { AgentNetwork } from './agent-network';
import { addFlowLog } from './flow-log';
import { addNetworkAcl } from './network-acl';
import type { Perimeter } from './perimeter';
import type { ProxyNetwork } from './proxy-network';

export interface SharedNetworkProps {
  /** @default '10.0.0.0/24' */
  readonly cidr?: string;
  /** False: no gateway and no NAT; the proxy then reaches only services of AWS that have an endpoint. @default true */
  readonly internet?: boolean;
  /** Exact names that the policy's hosts redirect to (CNAME): the wall of names holds for the proxy too. @default - none */
  readonly redirections?: readonly string[];
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
  /** Whose keys and resources the endpoints admit. @default Perimeter.account() */
  readonly perimeter?: Perimeter;
  /** Of logs, secrets, the tasks' disks and the output of whatever stands in the network. @default - keys of AWS */
  readonly encryptionKey?: IKey;
  /** Whether a network access list stands around the agents' subnets too: no UDP, no port but 443 out. @default false */
  readonly networkAcl?: boolean;
}

/**
 * One network for agents and their proxy, for cost: agents in subnets without any route out, the proxy in others. It saves
 * the endpoint between two networks; the price is that one wrong route or rule is nearer, that clients come by CONNECT or
 * base URL only, and that the proxy resolves no name which agents may not.
 */
export class SharedNetwork extends Construct {
  /** The agents' side. */
  readonly agents: AgentNetwork;
  /** The proxy's side. */
  readonly egress: ProxyNetwork;

  constructor(scope: Construct, id: string, props: SharedNetworkProps = {}) {
    super(scope, id);
    const { cidr = '10.0.0.0/24', internet = true, redirections = [], networkAcl = false, ...rest } = props;
    const vpc = sharedVpc(this, cidr, internet);
    addFlowLog(this, vpc, props.encryptionKey);
    const subnets = { subnetGroupName: 'Agent' };
    if (networkAcl) addNetworkAcl(this, vpc, subnets, cidr);
    this.agents = AgentNetwork.fromVpc(this, 'Agents', { ...rest, vpc, subnets, queryLog: true });
    for (const name of redirections) this.agents.garden.allow(name);
    const { endpoints, garden } = this.agents;
    const key = props.encryptionKey ? { encryptionKey: props.encryptionKey } : {};
    this.egress = { vpc, cidr, subnets: { subnetGroupName: 'Proxy' }, internet, endpoints, garden, ...key };
  }
}

function sharedVpc(scope: Construct, cidr: string, internet: boolean): Vpc {
  const { PUBLIC, PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS } = SubnetType;
  return new Vpc(scope, 'Vpc', {
    ipAddresses: IpAddresses.cidr(cidr),
    ipProtocol: IpProtocol.IPV4_ONLY,
    maxAzs: 2,
    natGateways: internet ? 1 : 0,
    createInternetGateway: internet,
    restrictDefaultSecurityGroup: true,
    subnetConfiguration: [
      { name: 'Agent', subnetType: PRIVATE_ISOLATED, cidrMask: 27 },
      { name: 'Proxy', subnetType: internet ? PRIVATE_WITH_EGRESS : PRIVATE_ISOLATED, cidrMask: 27 },
      ...(internet ? [{ name: 'Public', subnetType: PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false }] : []),
    ],
  });
}
