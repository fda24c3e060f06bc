import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { onlyReader } from './only-reader';
import { secretProblems } from './secret-problems';

export interface UpstreamSecretsProps {
  /** Names of secrets, as the policy gives them. */
  readonly names: readonly string[];
  /** The proxy's task role: the only reader. */
  readonly reader: IRole;
  /** Secrets that exist already, by the policy's name. @default - one is made, empty, for each name */
  readonly existing?: Readonly<Record<string, ISecret>>;
  /** Of the secrets that are made. @default - a key of AWS */
  readonly encryptionKey?: IKey;
}

/** The secrets a policy names, readable by the proxy's role and by no one else, administrators included. */
export class UpstreamSecrets extends Construct {
  /** Name in the policy → secret. */
  readonly byName: Readonly<Record<string, ISecret>>;

  constructor(scope: Construct, id: string, props: UpstreamSecretsProps) {
    super(scope, id);
    const strays = Object.keys(props.existing ?? {}).filter((name) => !props.names.includes(name));
    if (strays.length > 0) {
      throw new Error(
        `secrets: expected only names the policy uses (${props.names.join(', ') || 'none'}), got "${strays.join('", "')}" [secret-not-in-policy]`,
      );
    }
    const found = props.names.map((name): [string, ISecret] => {
      const existing = props.existing && Object.hasOwn(props.existing, name) ? props.existing[name] : undefined;
      return [name, existing ?? this.emptySecret(name, props.encryptionKey)];
    });
    for (const [, secret] of found) onlyReader(secret, props.reader);
    this.byName = Object.fromEntries(found);
    this.node.addValidation({ validate: () => secretProblems(Object.values(this.byName)) });
  }

  private emptySecret(name: string, encryptionKey: IKey | undefined): Secret {
    const secret = new Secret(this, name, {
      ...(encryptionKey ? { encryptionKey } : {}),
      description: `Credential "${name}" of the egress proxy; its value is put by an operator`,
    });
    const resource = secret.node.defaultChild;
    // A generated value would be injected as if it were the credential; an empty secret keeps the proxy closed.
    if (resource instanceof CfnSecret) resource.generateSecretString = undefined;
    return secret;
  }
}
