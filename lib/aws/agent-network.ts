import { FlowLogDestination, FlowLogTrafficType, IpAddresses, IpProtocol, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DnsGarden } from './dns-garden';
import { PlatformEndpoints } from './platform-endpoints';

export interface AgentNetworkProps {
  /** @default '10.1.0.0/24' */
  readonly cidr?: string;
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
}

/**
 * A network with no way out: isolated subnets in two zones, no internet gateway, no NAT, no IPv6, names as a walled garden,
 * and only the endpoints that Fargate needs to start a task. A window is opened by `ProxyWindow`.
 */
export class AgentNetwork extends Construct {
  readonly vpc: Vpc;
  readonly garden: DnsGarden;
  readonly endpoints: PlatformEndpoints;
  /** Where agents run. */
  readonly subnetIds: readonly string[];

  constructor(scope: Construct, id: string, props: AgentNetworkProps = {}) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(props.cidr ?? '10.1.0.0/24'),
      ipProtocol: IpProtocol.IPV4_ONLY,
      maxAzs: 2,
      natGateways: 0,
      createInternetGateway: false,
      // The default group is used by whatever names none; it must not be the open one.
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [{ name: 'Agent', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 }],
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_YEAR }),
      ),
      trafficType: FlowLogTrafficType.ALL,
    });
    this.subnetIds = this.vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
    this.garden = new DnsGarden(this, 'Names', { vpc: this.vpc });
    this.endpoints = new PlatformEndpoints(this, 'Endpoints', {
      vpc: this.vpc,
      garden: this.garden,
      ...(props.s3PrefixListId === undefined ? {} : { s3PrefixListId: props.s3PrefixListId }),
    });
  }
}
