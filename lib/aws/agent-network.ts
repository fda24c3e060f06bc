import { IpAddresses, IpProtocol, type IVpc, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DnsGarden } from './dns-garden';
import type { ExistingEndpoints } from './existing-endpoints';
import { agentSubnets } from './existing-vpc';
import { addFlowLog } from './flow-log';
import { addNetworkAcl } from './network-acl';
import type { Perimeter } from './perimeter';
import { PlatformEndpoints } from './platform-endpoints';

export interface AgentNetworkProps {
  /** @default '10.1.0.0/24' */
  readonly cidr?: string;
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
  /** Whose keys and resources the endpoints admit. @default Perimeter.account() */
  readonly perimeter?: Perimeter;
  /** Of logs, secrets, the tasks' disks and the output of whatever stands in the network. @default - keys of AWS */
  readonly encryptionKey?: IKey;
  /** Whether a network access list stands around the subnets too: no UDP, no port but 443 out. @default false */
  readonly networkAcl?: boolean;
  /** Whether the endpoints stand in it by which Fargate starts tasks. @default true */
  readonly platformEndpoints?: boolean;
}

export interface ExistingAgentNetworkProps {
  /** For agents alone: its names are walled. */
  readonly vpc: IVpc;
  /** Where agents run. @default - its isolated subnets */
  readonly subnets?: SubnetSelection;
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
  /** Whose keys and resources the endpoints admit. @default Perimeter.account() */
  readonly perimeter?: Perimeter;
  /** Of logs, secrets, the tasks' disks and the output of whatever stands in the network. @default - keys of AWS */
  readonly encryptionKey?: IKey;
  /** Whether the endpoints are made in it by which Fargate starts tasks. @default true */
  readonly platformEndpoints?: boolean;
  /** Whether the names that are asked for are logged: where nothing does so yet. @default false */
  readonly queryLog?: boolean;
  /** Those of them that stand in it already. @default - each is made */
  readonly existingEndpoints?: ExistingEndpoints;
}

/**
 * A network with no way out: isolated subnets in two zones, no internet gateway, no NAT, no IPv6, names as a walled garden,
 * and only the endpoints that Fargate needs to start a task. A window is opened by `ProxyWindow`.
 */
export class AgentNetwork extends Construct {
  /**
   * The same in a VPC that exists already: names and endpoints are made in it, routes and flow logs are its own. What can
   * be checked is; a warning says what can't.
   * @throws Error `subnets-none`, `subnet-public`, `subnet-with-egress`, `vpc-looked-up`, `endpoint-without-group`, `endpoint-elsewhere`
   */
  static fromVpc(scope: Construct, id: string, props: ExistingAgentNetworkProps): AgentNetwork {
    return new AgentNetwork(scope, id, props);
  }

  readonly vpc: IVpc;
  /** Where agents and endpoints stand. */
  readonly subnets: SubnetSelection;
  readonly subnetIds: readonly string[];
  readonly garden: DnsGarden;
  private readonly platform: PlatformEndpoints | undefined;
  /** Undefined: keys of AWS. */
  readonly encryptionKey?: IKey;

  constructor(scope: Construct, id: string, props: AgentNetworkProps | ExistingAgentNetworkProps = {}) {
    super(scope, id);
    const found = 'vpc' in props ? agentSubnets(this, props.vpc, props.subnets) : undefined;
    if (props.encryptionKey) this.encryptionKey = props.encryptionKey;
    this.vpc = 'vpc' in props ? props.vpc : this.makeVpc(props);
    this.subnets = { subnets: found?.subnets ?? this.vpc.isolatedSubnets };
    this.subnetIds = this.vpc.selectSubnets(this.subnets).subnetIds;
    this.garden = new DnsGarden(this, 'Names', {
      vpc: this.vpc,
      // The logs of a network made elsewhere are its own.
      queryLog: 'vpc' in props ? (props.queryLog ?? false) : true,
      ...(props.encryptionKey ? { encryptionKey: props.encryptionKey } : {}),
    });
    if (props.platformEndpoints === false) return;
    this.platform = new PlatformEndpoints(this, 'Endpoints', {
      vpc: this.vpc,
      garden: this.garden,
      subnets: this.subnets,
      ...(props.perimeter === undefined ? {} : { perimeter: props.perimeter }),
      ...(props.s3PrefixListId === undefined ? {} : { s3PrefixListId: props.s3PrefixListId }),
      ...('existingEndpoints' in props && props.existingEndpoints ? { existing: props.existingEndpoints } : {}),
    });
  }

  /**
   * What Fargate starts tasks by.
   * @throws Error `endpoints-left-out` where `platformEndpoints` is false
   */
  get endpoints(): PlatformEndpoints {
    if (this.platform) return this.platform;
    throw new Error(
      `${this.node.path}: expected the endpoints that Fargate needs, got a network without them; leave platformEndpoints out [endpoints-left-out]`,
    );
  }

  private makeVpc({ cidr = '10.1.0.0/24', networkAcl = false }: AgentNetworkProps): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      ipProtocol: IpProtocol.IPV4_ONLY,
      maxAzs: 2,
      natGateways: 0,
      createInternetGateway: false,
      // The default group is used by whatever names none; it must not be the open one.
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [{ name: 'Agent', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 }],
    });
    addFlowLog(this, vpc, this.encryptionKey);
    if (networkAcl) addNetworkAcl(this, vpc, { subnetType: SubnetType.PRIVATE_ISOLATED }, cidr);
    return vpc;
  }
}
