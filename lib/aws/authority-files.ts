import type { Compiled } from '../envoy';

const CERTIFICATE = /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\s*$/m;

/**
 * Files of the authorities a policy names (`ca`), by their path in the run directory. They are certificates: public.
 * @throws Error with every problem: `authority-missing`, `authority-not-in-policy`, `authority-not-pem`
 */
export function authorityFiles(
  compiled: Compiled,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = compiled.manifest.authorities.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const problems = [
    ...names
      .filter((name) => !Object.hasOwn(given, name))
      .map(
        (name) =>
          `authorities.${name}: expected its certificates (PEM), which the policy names as ca, got none [authority-missing]`,
      ),
    ...Object.keys(given)
      .filter((name) => !names.includes(name))
      .map(
        (name) =>
          `authorities.${name}: expected only names the policy uses as ca (${names.join(', ') || 'none'}) [authority-not-in-policy]`,
      ),
    ...Object.entries(given)
      // Never quoted: a key may stand where the certificate belongs.
      .filter(([, pem]) => !CERTIFICATE.test(pem) || /PRIVATE KEY/.test(pem))
      .map(
        ([name]) =>
          `authorities.${name}: expected PEM certificates and nothing else, got another text [authority-not-pem]`,
      ),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return Object.fromEntries(Object.entries(given).map(([name, pem]) => [authorityPath(name), pem]));
}

/** Path in the run directory of a named authority's certificates. */
export function authorityPath(name: string): string {
  return `ca/${name}.pem`;
}
