import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** A cluster for tasks of one network; with a key of yours, the disks of its Fargate tasks are encrypted by it. */
export function addCluster(scope: Construct, network: { readonly vpc: IVpc; readonly encryptionKey?: IKey }): Cluster {
  const { vpc, encryptionKey } = network;
  const storage = encryptionKey
    ? { managedStorageConfiguration: { fargateEphemeralStorageKmsKey: encryptionKey } }
    : {};
  return new Cluster(scope, 'Cluster', { vpc, ...storage });
}
