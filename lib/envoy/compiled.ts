import type { KeeperManifest } from './keeper-manifest';

/** What `compile` returns: text only, the same bytes for the same policy and layout. */
export interface Compiled {
  /** Digest of the policy. */
  readonly policy: string;
  /** Envoy's bootstrap, JSON text ending in a newline. */
  readonly bootstrap: string;
  /** Every file of the run directory by its relative path: `envoy.json` (the bootstrap), `keeper.json`, `sds/*.json`. None holds a secret. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: KeeperManifest;
}
