import { Fn, type TerraformVariable, Token } from 'cdktf';

const REFERENCE =
  /^(?<host>[a-z0-9][a-z0-9.-]*[a-z0-9](?::[0-9]+)?)\/(?<name>[a-z0-9][a-z0-9._/-]*[a-z0-9])(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]*))?@(?<digest>sha256:[0-9a-f]{64})$/;

/** The same in Artifact Registry, for Terraform's own engine. */
const TERRAFORM_REFERENCE =
  '^[a-z0-9-]+-docker[.]pkg[.]dev/[a-z0-9:._-]+/[a-z0-9-]+/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?@sha256:[0-9a-f]{64}$';
const ARTIFACT_REGISTRY = '-docker.pkg.dev';

/** A repository of Artifact Registry; its parts are Terraform expressions when the image came from a variable. */
export interface ImageRepository {
  /** Tells two apart. */
  readonly id: string;
  readonly location: string;
  readonly project: string;
  readonly name: string;
}

/**
 * A container image pinned by its digest: a tag can be moved to other bytes after the review, a digest can't.
 * There is no way to make one without a digest.
 */
export class PinnedImage {
  /**
   * `host/name[:tag]@sha256:…`. Cloud Run and the proxy's machines pull from Artifact Registry
   * (`REGION-docker.pkg.dev/PROJECT/REPOSITORY/NAME@sha256:…`), a remote repository of which mirrors any other.
   * @throws Error `image-not-pinned` when the reference has no digest
   */
  static fromRegistry(reference: string): PinnedImage {
    const parts = REFERENCE.exec(reference)?.groups;
    if (!parts?.host || !parts.digest) {
      throw new Error(
        `image: expected a registry, a name and a digest such as "europe-west1-docker.pkg.dev/acme/agents/coder@sha256:<64 hex digits>", got "${reference}": ` +
          'a tag can be moved to other bytes; pin the digest that "docker buildx imagetools inspect" prints [image-not-pinned]',
      );
    }
    return new PinnedImage(reference, parts.tag, plainRepository(parts.host, parts.name ?? ''));
  }

  /** An image that the user of a module names. Terraform itself refuses one without a digest: the variable is given the rule. */
  static fromVariable(variable: TerraformVariable): PinnedImage {
    variable.addValidation({
      condition: Fn.can(Fn.regex(TERRAFORM_REFERENCE, variable.stringValue)),
      errorMessage:
        'Expected a registry, a name and a digest such as "europe-west1-docker.pkg.dev/acme/agents/coder@sha256:<64 hex digits>": a tag can be moved to other bytes [image-not-pinned].',
    });
    const parts = Fn.split('/', variable.stringValue);
    const part = (index: number): string => Token.asString(Fn.element(parts, index));
    return new PinnedImage(variable.stringValue, undefined, {
      id: variable.stringValue,
      location: Token.asString(Fn.trimsuffix(part(0), ARTIFACT_REGISTRY)),
      project: part(1),
      name: part(2),
    });
  }

  private constructor(
    /** What the platform pulls; a Terraform reference when it came from a variable. */
    readonly reference: string,
    /** Undefined also when it came from a variable. */
    readonly tag?: string,
    /** Undefined for an image outside Artifact Registry. */
    readonly repository?: ImageRepository,
  ) {}
}

function plainRepository(host: string, path: string): ImageRepository | undefined {
  const [project, name] = path.split('/');
  if (!host.endsWith(ARTIFACT_REGISTRY) || project === undefined || name === undefined) return undefined;
  return { id: `${host}/${project}/${name}`, location: host.slice(0, -ARTIFACT_REGISTRY.length), project, name };
}
