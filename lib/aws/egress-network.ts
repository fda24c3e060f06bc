import {
  FlowLogDestination,
  FlowLogTrafficType,
  IpAddresses,
  IpProtocol,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PlatformEndpoints } from './platform-endpoints';

export interface EgressNetworkProps {
  /** @default '10.0.0.0/24' */
  readonly cidr?: string;
  /** False: no gateway and no NAT anywhere; the proxy then reaches only services of AWS that have an endpoint. @default true */
  readonly internet?: boolean;
  /** The managed prefix list of S3 in the region, for a network without internet. @default - from a table of regions */
  readonly s3PrefixListId?: string;
}

/** The proxy's own network, with the only NAT there is, or with none. The agents' network has no route to it. */
export class EgressNetwork extends Construct {
  readonly vpc: Vpc;
  readonly cidr: string;
  /** Where the proxy and its load balancer stand. */
  readonly subnets: SubnetSelection;
  /** The services of AWS the proxy needs. Undefined with internet: it reaches them by NAT. */
  readonly endpoints?: PlatformEndpoints;

  constructor(scope: Construct, id: string, props: EgressNetworkProps = {}) {
    super(scope, id);
    const internet = props.internet ?? true;
    this.cidr = props.cidr ?? '10.0.0.0/24';
    const subnetType = internet ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
    this.subnets = { subnetType };
    const proxySubnets = { name: 'Proxy', subnetType, cidrMask: 26 };
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(this.cidr),
      ipProtocol: IpProtocol.IPV4_ONLY,
      maxAzs: 2,
      natGateways: internet ? 1 : 0,
      createInternetGateway: internet,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: internet
        ? [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false }, proxySubnets]
        : [proxySubnets],
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_YEAR }),
      ),
      trafficType: FlowLogTrafficType.ALL,
    });
    if (!internet) {
      this.endpoints = new PlatformEndpoints(this, 'Endpoints', {
        vpc: this.vpc,
        ...(props.s3PrefixListId === undefined ? {} : { s3PrefixListId: props.s3PrefixListId }),
      });
    }
  }
}
