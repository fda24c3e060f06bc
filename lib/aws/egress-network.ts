import { IpAddresses, IpProtocol, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { addFlowLog } from './flow-log';
import type { Perimeter } from './perimeter';
import { PlatformEndpoints } from './platform-endpoints';
import type { ProxyNetwork } from './proxy-network';

export interface EgressNetworkProps {
  /** @default '10.0.0.0/24' */
  readonly cidr?: string;
  /** False: no gateway and no NAT anywhere; the proxy then reaches only services of AWS that have an endpoint. @default true */
  readonly internet?: boolean;
  /** The managed prefix list of S3 in the region, for a network without internet. @default - from a table of regions */
  readonly s3PrefixListId?: string;
  /** Whose keys the endpoints of a network without internet admit. @default Perimeter.account() */
  readonly perimeter?: Perimeter;
  /** Of logs, secrets, the tasks' disks and the output of whatever stands in the network. @default - keys of AWS */
  readonly encryptionKey?: IKey;
}

/** The proxy's own network, with the only NAT there is, or with none. The agents' network has no route to it. */
export class EgressNetwork extends Construct implements ProxyNetwork {
  readonly vpc: Vpc;
  readonly cidr: string;
  readonly subnets: SubnetSelection;
  readonly internet: boolean;
  readonly endpoints?: PlatformEndpoints;
  readonly encryptionKey?: IKey;

  constructor(scope: Construct, id: string, props: EgressNetworkProps = {}) {
    super(scope, id);
    if (props.encryptionKey) this.encryptionKey = props.encryptionKey;
    this.internet = props.internet ?? true;
    this.cidr = props.cidr ?? '10.0.0.0/24';
    const subnetType = this.internet ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
    this.subnets = { subnetType };
    const proxySubnets = { name: 'Proxy', subnetType, cidrMask: 26 };
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(this.cidr),
      ipProtocol: IpProtocol.IPV4_ONLY,
      maxAzs: 2,
      natGateways: this.internet ? 1 : 0,
      createInternetGateway: this.internet,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: this.internet
        ? [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false }, proxySubnets]
        : [proxySubnets],
    });
    addFlowLog(this, this.vpc, props.encryptionKey);
    if (this.internet) return;
    this.endpoints = new PlatformEndpoints(this, 'Endpoints', {
      vpc: this.vpc,
      ...(props.perimeter === undefined ? {} : { perimeter: props.perimeter }),
      ...(props.s3PrefixListId === undefined ? {} : { s3PrefixListId: props.s3PrefixListId }),
    });
  }
}
