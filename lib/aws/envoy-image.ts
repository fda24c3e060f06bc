import { readEnvoyVersion } from '../envoy';
import type { PinnedImage } from './pinned-image';

/** A digest-pinned Envoy whose version is known and not older than 1.40. */
export class EnvoyImage {
  /**
   * Takes the version from the image's tag (`distroless-v1.40.0`) unless `version` says it.
   * @throws Error `envoy-version-unknown`, `envoy-too-old`
   */
  static of(image: PinnedImage, version: string | undefined = image.tag): EnvoyImage {
    return new EnvoyImage(image, readEnvoyVersion(version));
  }

  private constructor(
    readonly pinned: PinnedImage,
    /** `major.minor`. */
    readonly version: string,
  ) {}
}
