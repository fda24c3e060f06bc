import { FlowLogDestination, FlowLogTrafficType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { addLog } from './encrypted-log';

/** Records every connection of a network, refused ones too, for a year. */
export function addFlowLog(scope: Construct, vpc: Vpc, encryptionKey: IKey | undefined): void {
  vpc.addFlowLog('FlowLog', {
    destination: FlowLogDestination.toCloudWatchLogs(addLog(scope, 'FlowLogs', encryptionKey)),
    trafficType: FlowLogTrafficType.ALL,
  });
}
