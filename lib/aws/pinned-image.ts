import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { refuseCredentialFiles } from './image-folder';

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const REFERENCE =
  /^(?<name>[a-z0-9][a-z0-9./_-]*(?::[0-9]+\/[a-z0-9./_-]+)?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]*))?@(?<digest>sha256:[0-9a-f]{64})$/;

/**
 * A container image pinned by its digest: a tag can be moved to other bytes after the review, a digest can't.
 * There is no way to make one without a digest.
 */
export class PinnedImage {
  /**
   * An image of an ECR repository of this account.
   * @throws Error `image-not-pinned` when `digest` isn't `sha256:` and 64 hex digits
   */
  static fromEcrRepository(repository: IRepository, digest: string): PinnedImage {
    if (!DIGEST.test(digest)) throw notPinned(digest);
    return new PinnedImage(ContainerImage.fromEcrRepository(repository, digest), digest, undefined, repository);
  }

  /**
   * An image of any registry, as `name[:tag]@sha256:…`. For the proxy only: the agent's network reaches no registry but ECR.
   * @throws Error `image-not-pinned` when the reference has no digest
   */
  static fromRegistry(reference: string): PinnedImage {
    const parts = REFERENCE.exec(reference)?.groups;
    if (!parts?.digest) throw notPinned(reference);
    return new PinnedImage(ContainerImage.fromRegistry(reference), parts.digest, parts.tag);
  }

  /**
   * An image that the deployment builds from a folder with a Dockerfile. Its tag is the hash of the folder, in a repository
   * whose tags the bootstrap makes immutable.
   * @throws Error `image-holds-credentials` when the folder has files that look like credentials and `.dockerignore` doesn't name them
   */
  static fromDirectory(scope: Construct, id: string, directory: string): PinnedImage {
    refuseCredentialFiles(directory);
    const asset = new DockerImageAsset(scope, id, { directory, platform: Platform.LINUX_AMD64 });
    const image = ContainerImage.fromDockerImageAsset(asset);
    return new PinnedImage(image, asset.assetHash, undefined, asset.repository);
  }

  private constructor(
    readonly image: ContainerImage,
    /** `sha256:…`, or the hash of the folder it is built from. */
    readonly digest: string,
    /** Undefined where the digest alone names it. */
    readonly tag?: string,
    /** Undefined for an image of another registry. */
    readonly repository?: IRepository,
  ) {}
}

function notPinned(got: string): Error {
  return new Error(
    `image: expected a digest such as "name@sha256:<64 hex digits>", got "${got}": a tag can be moved to other bytes; ` +
      'pin the digest that "docker buildx imagetools inspect" prints [image-not-pinned]',
  );
}
