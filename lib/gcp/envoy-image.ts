import { Fn, type TerraformVariable } from 'cdktf';
import { PinnedImage } from './pinned-image';

/** The oldest Envoy the compiled bootstrap is tested on; older ones lack filters it names, or have known holes. */
const FLOOR = { major: 1, minor: 40 };
const VERSION = /(?:^|-)v?(?<major>\d+)\.(?<minor>\d+)(?:\.\d+)?$/;

/** The same floor for Terraform's own engine. */
const TERRAFORM_VERSION = '[:-]v?(1[.](4[0-9]|[5-9][0-9]|[1-9][0-9][0-9])|[2-9][.][0-9]+)([.][0-9]+)?@';

/** A digest-pinned Envoy whose version is known and not older than 1.40. */
export class EnvoyImage {
  /**
   * Takes the version from the image's tag (`distroless-v1.40.0`) unless `version` says it.
   * @throws Error `envoy-version-unknown`, `envoy-too-old`
   */
  static of(image: PinnedImage, version: string | undefined = image.tag): EnvoyImage {
    const parts = VERSION.exec(version ?? '')?.groups;
    if (!parts) {
      throw new Error(
        `envoy: expected a version such as "1.40.0" in the image's tag or beside it, got "${version ?? ''}": ` +
          'a digest alone does not say which Envoy it is [envoy-version-unknown]',
      );
    }
    const major = Number(parts.major);
    const minor = Number(parts.minor);
    if (major < FLOOR.major || (major === FLOOR.major && minor < FLOOR.minor)) {
      throw new Error(
        `envoy: expected version ${FLOOR.major}.${FLOOR.minor} or newer, got "${major}.${minor}": ` +
          'the compiled bootstrap is not tested on it; choose a newer image [envoy-too-old]',
      );
    }
    return new EnvoyImage(image, `${major}.${minor}`);
  }

  /** An Envoy that the user of a module names. Terraform itself refuses one without a digest, or whose tag is older. */
  static fromVariable(variable: TerraformVariable): EnvoyImage {
    const pinned = PinnedImage.fromVariable(variable);
    variable.addValidation({
      condition: Fn.can(Fn.regex(TERRAFORM_VERSION, variable.stringValue)),
      errorMessage: `Expected Envoy ${FLOOR.major}.${FLOOR.minor} or newer, said by the tag, such as "envoy:distroless-v1.40.0@sha256:…" [envoy-too-old].`,
    });
    return new EnvoyImage(pinned, `${FLOOR.major}.${FLOOR.minor}`);
  }

  private constructor(
    readonly pinned: PinnedImage,
    /** `major.minor`; the floor when it came from a variable. */
    readonly version: string,
  ) {}
}
