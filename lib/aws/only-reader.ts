import { Annotations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/**
 * Lets one role read a secret's value and refuses everyone else, administrators included. A secret that was made elsewhere
 * takes no policy here: a warning says so, and the statement to put there.
 */
export function onlyReader(secret: ISecret, reader: IRole): void {
  secret.grantRead(reader);
  const { statementAdded } = secret.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyTheProxyReads',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': reader.roleArn } },
    }),
  );
  if (statementAdded) return;
  Annotations.of(secret).addWarningV2(
    'anchorhold:secret-policy',
    `${secret.node.path}: this secret was made elsewhere, and whoever may read it there still may; give it a resource policy that ` +
      'denies secretsmanager:GetSecretValue unless aws:PrincipalArn is the proxy’s task role',
  );
}
