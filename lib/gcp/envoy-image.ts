import { Fn, type TerraformVariable } from 'cdktf';
import { ENVOY_FLOOR, readEnvoyVersion } from '../envoy';
import { PinnedImage } from './pinned-image';

/** The same floor for Terraform's own engine. */
const TERRAFORM_VERSION = '[:-]v?(1[.](4[0-9]|[5-9][0-9]|[1-9][0-9][0-9])|[2-9][.][0-9]+)([.][0-9]+)?@';

/** A digest-pinned Envoy whose version is known and not older than 1.40. */
export class EnvoyImage {
  /**
   * Takes the version from the image's tag (`distroless-v1.40.0`) unless `version` says it.
   * @throws Error `envoy-version-unknown`, `envoy-too-old`
   */
  static of(image: PinnedImage, version: string | undefined = image.tag): EnvoyImage {
    return new EnvoyImage(image, readEnvoyVersion(version));
  }

  /** An Envoy that the user of a module names. Terraform itself refuses one without a digest, or whose tag is older. */
  static fromVariable(variable: TerraformVariable): EnvoyImage {
    const pinned = PinnedImage.fromVariable(variable);
    variable.addValidation({
      condition: Fn.can(Fn.regex(TERRAFORM_VERSION, variable.stringValue)),
      errorMessage: `Expected Envoy ${ENVOY_FLOOR.major}.${ENVOY_FLOOR.minor} or newer, said by the tag, such as "envoy:distroless-v1.40.0@sha256:…" [envoy-too-old].`,
    });
    return new EnvoyImage(pinned, `${ENVOY_FLOOR.major}.${ENVOY_FLOOR.minor}`);
  }

  private constructor(
    readonly pinned: PinnedImage,
    /** `major.minor`; the floor when it came from a variable. */
    readonly version: string,
  ) {}
}
