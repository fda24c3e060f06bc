import type { KeeperManifest } from '../envoy';
import { KeeperError } from './keeper-error';

/**
 * Refuses a manifest that would have the keeper write outside its directory or that names what wasn't given, everything
 * found at once. The manifest is our compiler's; this stops one that was edited or that belongs to another version.
 */
export function checkManifest(
  manifest: KeeperManifest,
  given: { readonly sources: readonly string[]; readonly authorities: readonly string[] },
): void {
  if (manifest.version !== 1)
    throw new KeeperError(
      'keeper.json: expected version 1, got another; compile the policy with this version of anchorhold',
      'manifest-version',
    );
  const files = [
    ...manifest.credentials.map(({ file }) => file),
    ...manifest.leaves.flatMap(({ certificate, key }) => [certificate, key]),
    ...manifest.authorities.map(({ file }) => file),
  ];
  const problems = [
    ...files
      .filter((file) => !isInside(file))
      .map((file) => `${JSON.stringify(file)}: expected a relative path inside the run directory [manifest-path]`),
    ...files
      .filter((file, at) => files.indexOf(file) !== at)
      .map((file) => `${file}: expected each file once [manifest-path-twice]`),
    ...neededSecrets(manifest)
      .filter((name) => !given.sources.includes(name))
      .map(
        (name) =>
          `secret ${name}: expected a source, got none; give --secret ${name}=env:VARIABLE or ${name}=file:PATH [secret-not-given]`,
      ),
    ...manifest.authorities.flatMap(({ name }) =>
      name === undefined || given.authorities.includes(name)
        ? []
        : [`authority ${name}: expected a file of certificates, got none; give --ca ${name}=PATH [ca-not-given]`],
    ),
  ];
  if (problems.length > 0) throw new KeeperError(problems.join('\n'), 'keeper-refuses');
}

/** Names of the secrets the manifest's credentials read, sorted. */
export function neededSecrets(manifest: KeeperManifest): readonly string[] {
  return [
    ...new Set(
      manifest.credentials.flatMap(({ credential }) =>
        credential.kind === 'googleAccessToken' ? [] : [credential.secret],
      ),
    ),
  ].sort();
}

/** Reads `keeper.json`. Throws when it isn't one. */
export function parseManifest(text: string): KeeperManifest {
  const wrong = new KeeperError(
    'keeper.json: expected the keeper manifest that `anchorhold compile` writes, got something else',
    'manifest-malformed',
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (!isManifest(value)) throw wrong;
  return value;
}

function isManifest(value: unknown): value is KeeperManifest {
  return (
    isRecord(value) &&
    typeof value['version'] === 'number' &&
    typeof value['policy'] === 'string' &&
    isListOf(
      value['credentials'],
      (entry) => hasText(entry, 'id', 'file') && isRecord(entry['credential']) && isSource(entry['credential']),
    ) &&
    isListOf(value['leaves'], (entry) => hasText(entry, 'host', 'certificate', 'key')) &&
    isListOf(
      value['authorities'],
      (entry) => hasText(entry, 'file') && (entry['name'] === undefined || hasText(entry, 'name')),
    )
  );
}

function isSource(source: Record<string, unknown>): boolean {
  const texts: Record<string, readonly string[]> = {
    header: ['prefix', 'secret'],
    basic: ['user', 'secret'],
    oauth2: ['tokenUrl', 'clientId', 'secret'],
    googleAccessToken: [],
    githubApp: ['appId', 'installationId', 'secret'],
  };
  const kind = source['kind'];
  const needed = typeof kind === 'string' && Object.hasOwn(texts, kind) ? texts[kind] : undefined;
  const list = (key: string) => Array.isArray(source[key]) && source[key].every((item) => typeof item === 'string');
  if (needed === undefined || !hasText(source, ...needed)) return false;
  if (kind === 'oauth2' || kind === 'googleAccessToken') return list('scopes');
  return kind !== 'githubApp' || (list('repositories') && isRecord(source['permissions']));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (value: unknown, each: (entry: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(value) && value.every((entry) => isRecord(entry) && each(entry));
const hasText = (entry: Record<string, unknown>, ...keys: readonly string[]): boolean =>
  keys.every((key) => typeof entry[key] === 'string');

function isInside(file: string): boolean {
  // `*` stands in the directory of a wildcard's leaf.
  return (
    /^[A-Za-z0-9*_.-]+(\/[A-Za-z0-9*_.-]+)*$/.test(file) &&
    !file.split('/').some((part) => part === '.' || part === '..')
  );
}
