import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { rendered } from './rendered';

/** Secrets of this app whose value the template would show to whoever may read it. Names only, never the value. */
export function secretProblems(secrets: readonly ISecret[]): string[] {
  return secrets.flatMap((secret) => {
    const resource = secret.node.defaultChild;
    if (!(resource instanceof CfnSecret) || typeof rendered(resource).Properties.SecretString !== 'string') return [];
    return [
      `${secret.node.path}: expected a secret that is made empty, got its value in plain text, which the template shows; leave it out, and put it with "aws secretsmanager put-secret-value" [secret-in-plain-text]`,
    ];
  });
}
