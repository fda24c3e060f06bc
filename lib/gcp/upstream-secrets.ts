import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { Construct } from 'constructs';
import type { Location } from './location';
import { refuse } from './refusal';

const EXISTING = /^projects\/(?<project>[a-z][-a-z0-9]{4,28}[a-z0-9])\/secrets\/(?<secret>[A-Za-z0-9_-]{1,255})$/;

export interface UpstreamSecretsProps {
  /** First part of the names. */
  readonly name: string;
  readonly location: Location;
  /** Names of secrets, as the policy gives them. */
  readonly names: readonly string[];
  /** IAM member of the proxy: the only one who is let read. */
  readonly reader: string;
  /** `projects/P/secrets/S` by the policy's name. @default - one is made, empty, for each name */
  readonly existing?: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
}

/**
 * The secrets a policy names: containers in Secret Manager, made empty. Their values are put by an operator and never pass
 * through Terraform: a value it knew would stand in its state.
 */
export class UpstreamSecrets extends Construct {
  /** Name in the policy → `projects/P/secrets/S`. */
  readonly byName: Readonly<Record<string, string>>;
  /**
   * `projects/P/secrets/S` of the seed that the authority's key is derived from, so that all machines are one authority,
   * also after a replacement. Made empty like the others: 32 characters or more of a random generator.
   */
  readonly authoritySeed: string;

  constructor(scope: Construct, id: string, props: UpstreamSecretsProps) {
    super(scope, id);
    const existing = props.existing ?? {};
    refuse(existingProblems(existing, props.names));
    // Two hyphens: no secret of a policy begins with one.
    this.authoritySeed = this.make('AuthoritySeed', `${props.name}--authority-seed`, props);
    this.byName = Object.fromEntries(
      props.names.map((name) => [
        name,
        Object.hasOwn(existing, name)
          ? this.grant(name, existing[name] ?? '', props)
          : this.make(name, `${props.name}-${name}`, props),
      ]),
    );
  }

  private grant(name: string, path: string, props: UpstreamSecretsProps): string {
    const { project, secret } = EXISTING.exec(path)?.groups ?? {};
    this.allowRead(name, secret ?? '', project ?? '', props.reader);
    return path;
  }

  private make(name: string, secretId: string, props: UpstreamSecretsProps): string {
    const { project, region } = props.location;
    const secret = new SecretManagerSecret(this, name, {
      secretId,
      project,
      deletionProtection: props.deletionProtection,
      // In one region: a copy elsewhere is one more place to watch.
      replication: { userManaged: { replicas: [{ location: region }] } },
    });
    this.allowRead(name, secret.secretId, project, props.reader);
    return `projects/${project}/secrets/${secretId}`;
  }

  private allowRead(name: string, secretId: string, project: string, member: string): void {
    new SecretManagerSecretIamMember(this, `${name}-reader`, {
      secretId,
      project,
      role: 'roles/secretmanager.secretAccessor',
      member,
    });
  }
}

function existingProblems(existing: Readonly<Record<string, string>>, names: readonly string[]): string[] {
  const strays = Object.keys(existing).filter((name) => !names.includes(name));
  const problems = Object.entries(existing)
    .filter(([, path]) => !EXISTING.test(path))
    // Not quoted: a value pasted where the name belongs must not come back in a message.
    .map(
      ([name]) =>
        `secrets.${name}: expected the name of a secret such as "projects/acme-agents/secrets/model-key", got another shape (not shown) [secret-name-invalid]`,
    );
  if (strays.length > 0) {
    problems.push(
      `secrets: expected only names the policy uses (${names.join(', ') || 'none'}), got "${strays.join('", "')}" [secret-not-in-policy]`,
    );
  }
  return problems;
}
