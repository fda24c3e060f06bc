import { FlowLogDestination, FlowLogTrafficType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Records every connection of a network, refused ones too, for a year. */
export function addFlowLog(scope: Construct, vpc: Vpc): void {
  vpc.addFlowLog('FlowLog', {
    destination: FlowLogDestination.toCloudWatchLogs(
      new LogGroup(scope, 'FlowLogs', { retention: RetentionDays.ONE_YEAR }),
    ),
    trafficType: FlowLogTrafficType.ALL,
  });
}
