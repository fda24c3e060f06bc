import { Annotations, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Keys whose policy lets CloudWatch Logs use them already. */
const opened = new WeakSet<IKey>();

/** A log that is kept for a year; with a key of yours, CloudWatch Logs may use it for log groups of this account and region. */
export function addLog(scope: Construct, id: string, encryptionKey: IKey | undefined): LogGroup {
  const retention = RetentionDays.ONE_YEAR;
  if (encryptionKey === undefined) return new LogGroup(scope, id, { retention });
  openToLogs(scope, encryptionKey);
  const log = new LogGroup(scope, id, { retention, encryptionKey });
  // CloudWatch refuses a group whose key it may not use.
  log.node.addDependency(encryptionKey);
  return log;
}

function openToLogs(scope: Construct, key: IKey): void {
  if (opened.has(key)) return;
  opened.add(key);
  const { account, partition, region } = Stack.of(scope);
  const arn = `arn:${partition}:logs:${region}:${account}:log-group:*`;
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn } },
    }),
  );
  if (statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'anchorhold:key-policy',
    `encryptionKey: this key was made elsewhere; let logs.${region}.amazonaws.com use it for the encryption context aws:logs:arn ${arn}, ` +
      'or the deployment fails at its first log group',
  );
}
