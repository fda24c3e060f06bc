import { FlowLogDestination, FlowLogTrafficType, IpAddresses, IpProtocol, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface EgressNetworkProps {
  /** @default '10.0.0.0/24' */
  readonly cidr?: string;
}

/** The proxy's own network, with the only NAT there is. The agents' network has no route to it. */
export class EgressNetwork extends Construct {
  readonly vpc: Vpc;

  constructor(scope: Construct, id: string, props: EgressNetworkProps = {}) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(props.cidr ?? '10.0.0.0/24'),
      ipProtocol: IpProtocol.IPV4_ONLY,
      maxAzs: 2,
      natGateways: 1,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
        { name: 'Proxy', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 26 },
      ],
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_YEAR }),
      ),
      trafficType: FlowLogTrafficType.ALL,
    });
  }
}
