import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { onlyReader } from './only-reader';
import { secretProblems } from './secret-problems';
import { readParameters } from './upstream-parameters';

export interface UpstreamSecretsProps {
  /** Names of secrets, as the policy gives them. */
  readonly names: readonly string[];
  /** The proxy's task role: the only reader. */
  readonly reader: IRole;
  /** Secrets that exist already, by the policy's name. @default - one is made, empty, for each name */
  readonly existing?: Readonly<Record<string, ISecret>>;
  /** Parameters of Parameter Store instead of secrets, by the policy's name. @default - none */
  readonly parameters?: Readonly<Record<string, IParameter>>;
  /** Of the secrets that are made. @default - a key of AWS */
  readonly encryptionKey?: IKey;
}

/** The secrets a policy names, readable by the proxy's role and by no one else, administrators included. */
export class UpstreamSecrets extends Construct {
  /** Name in the policy → secret; those that parameters hold aren't among them. */
  readonly byName: Readonly<Record<string, ISecret>>;
  /** Name in the policy → parameter. */
  readonly parameters: Readonly<Record<string, IParameter>>;

  constructor(scope: Construct, id: string, props: UpstreamSecretsProps) {
    super(scope, id);
    this.parameters = props.parameters ?? {};
    const problems = nameProblems(props);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    readParameters(this.parameters, props.reader);
    const names = props.names.filter((name) => !Object.hasOwn(this.parameters, name));
    const found = names.map((name): [string, ISecret] => {
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

function nameProblems({ names, existing = {}, parameters = {} }: UpstreamSecretsProps): string[] {
  const strays = (given: object) => Object.keys(given).filter((name) => !names.includes(name));
  const twice = Object.keys(parameters).filter((name) => Object.hasOwn(existing, name));
  const problems = Object.entries({ secrets: existing, parameters })
    .filter(([, given]) => strays(given).length > 0)
    .map(
      ([prop, given]) =>
        `${prop}: expected only names the policy uses (${names.join(', ') || 'none'}), got "${strays(given).join('", "')}" [secret-not-in-policy]`,
    );
  if (twice.length === 0) return problems;
  return [
    ...problems,
    `parameters: expected each name once, got "${twice.join('", "')}" among the secrets too; leave one out [secret-named-twice]`,
  ];
}
