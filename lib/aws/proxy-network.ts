import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { DnsGarden } from './dns-garden';
import type { PlatformEndpoints } from './platform-endpoints';

/** Where a proxy stands: a network of its own, or subnets beside the agents'. */
export interface ProxyNetwork {
  readonly vpc: IVpc;
  /** Range of the whole network. */
  readonly cidr: string;
  /** Where the proxy and its load balancer stand. */
  readonly subnets: SubnetSelection;
  /** Whether there is a way to the internet (NAT). */
  readonly internet: boolean;
  /** Endpoints of AWS services in it. Undefined: they are reached by NAT. */
  readonly endpoints?: PlatformEndpoints;
  /** Set where agents stand in the same network, whose names are walled for the proxy too. */
  readonly garden?: DnsGarden;
  /** Undefined: keys of AWS. */
  readonly encryptionKey?: IKey;
}
