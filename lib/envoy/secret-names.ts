import type { KeeperManifest } from './keeper-manifest';

/** The names of all secrets the keeper must hold, sorted, each once. */
export function secretNames(manifest: KeeperManifest): readonly string[] {
  const names = manifest.credentials.flatMap(({ credential }) => {
    switch (credential.kind) {
      case 'header':
      case 'basic':
      case 'oauth2':
      case 'githubApp':
        return [credential.secret];
      case 'googleAccessToken':
      case 'googleIdToken':
        return [];
    }
  });
  return [...new Set(names)].sort();
}
