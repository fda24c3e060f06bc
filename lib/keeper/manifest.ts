import type { KeeperManifest } from '../envoy';
import { isInside } from './atomic-file';
import { KeeperError } from './keeper-error';

/** Reads `keeper.json`. Throws when it isn't what this version's `anchorhold compile` writes. */
export function parseManifest(text: string): KeeperManifest {
  try {
    // The compiler that writes it is of this package, and the version it bears says so.
    const manifest = JSON.parse(text) as KeeperManifest;
    const lists = [manifest.credentials, manifest.leaves, manifest.authorities];
    if (manifest.version === 1 && lists.every((list) => Array.isArray(list))) return manifest;
  } catch {
    // The sentence below says it better than V8, which quotes the text.
  }
  throw new KeeperError(
    'keeper.json: expected the keeper manifest that `anchorhold compile` of this version writes, got something else; compile the policy again',
    'manifest-malformed',
  );
}

/** Names of the secrets the manifest's credentials read, sorted. */
export function neededSecrets({ credentials }: KeeperManifest): readonly string[] {
  const names = credentials.flatMap(({ credential }) => ('secret' in credential ? [credential.secret] : []));
  return [...new Set(names)].sort();
}

/**
 * Refuses a manifest that would have the keeper write outside its directory or that names what wasn't given, everything
 * found at once.
 */
export function checkManifest(
  manifest: KeeperManifest,
  given: { readonly sources: readonly string[]; readonly authorities: readonly string[] },
): void {
  const files = [
    ...manifest.credentials.map(({ file }) => file),
    ...manifest.leaves.flatMap(({ certificate, key }) => [certificate, key]),
    ...manifest.authorities.map(({ file }) => file),
  ];
  const outside = files.filter((file) => !isInside(file));
  const twice = files.filter((file, at) => files.indexOf(file) !== at);
  const secrets = neededSecrets(manifest).filter((name) => !given.sources.includes(name));
  const authorities = manifest.authorities.flatMap(({ name }) =>
    name === undefined || given.authorities.includes(name) ? [] : [name],
  );
  const problems = [
    ...outside.map(
      (file) => `${JSON.stringify(file)}: expected a relative path inside the run directory [manifest-path]`,
    ),
    ...twice.map((file) => `${file}: expected each file once [manifest-path-twice]`),
    ...secrets.map(
      (name) =>
        `secret ${name}: expected a source, got none; give --secret ${name}=env:VARIABLE, file:PATH, aws-secret:ARN or gcp-secret:NAME [secret-not-given]`,
    ),
    ...authorities.map(
      (name) => `authority ${name}: expected a file of certificates, got none; give --ca ${name}=PATH [ca-not-given]`,
    ),
  ];
  if (problems.length > 0) throw new KeeperError(problems.join('\n'), 'keeper-refuses');
}
