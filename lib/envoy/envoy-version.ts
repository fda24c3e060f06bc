/** The oldest Envoy the compiled bootstrap is tested on; older ones lack filters it names, or have known holes. */
export const ENVOY_FLOOR = { major: 1, minor: 40 } as const;
const VERSION = /(?:^|-)v?(?<major>\d+)\.(?<minor>\d+)(?:\.\d+)?$/;

/**
 * `major.minor` of a version or of an image's tag (`distroless-v1.40.0`).
 * @throws Error `envoy-version-unknown`, `envoy-too-old`
 */
export function readEnvoyVersion(version: string | undefined): string {
  const parts = VERSION.exec(version ?? '')?.groups;
  if (!parts) {
    throw new Error(
      `envoy: expected a version such as "1.40.0" in the image's tag or beside it, got "${version ?? ''}": ` +
        'a digest alone does not say which Envoy it is [envoy-version-unknown]',
    );
  }
  const major = Number(parts.major);
  const minor = Number(parts.minor);
  if (major < ENVOY_FLOOR.major || (major === ENVOY_FLOOR.major && minor < ENVOY_FLOOR.minor)) {
    throw new Error(
      `envoy: expected version ${ENVOY_FLOOR.major}.${ENVOY_FLOOR.minor} or newer, got "${major}.${minor}": ` +
        'the compiled bootstrap is not tested on it; choose a newer image [envoy-too-old]',
    );
  }
  return `${major}.${minor}`;
}
