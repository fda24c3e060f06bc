import { readEnvoyVersion } from '../envoy';
import type { PinnedImage } from './pinned-image';

/** A digest-pinned Envoy whose version is known and not older than 1.40. */
export class EnvoyImage {
  /**
   * Takes the version from the image's tag (`v1.40.0`) unless `version` says it. The image needs `/bin/sh`.
   * @throws Error `envoy-version-unknown`, `envoy-too-old`, `envoy-without-shell`
   */
  static of(image: PinnedImage, version: string | undefined = image.tag): EnvoyImage {
    const shellless = [version, image.tag].find((text) => text?.includes('distroless'));
    if (shellless !== undefined)
      throw new Error(
        `envoy: expected an image with a shell, such as "v1.40.0", got "${shellless}": its shell keeps the ` +
          'credentials that a crash of Envoy prints out of the log, and lets streams finish [envoy-without-shell]',
      );
    return new EnvoyImage(image, readEnvoyVersion(version));
  }

  private constructor(
    readonly pinned: PinnedImage,
    /** `major.minor`. */
    readonly version: string,
  ) {}
}
