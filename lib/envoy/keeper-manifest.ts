/** What the keeper must put beside Envoy. Names of secrets only, never a value. Paths are relative to the run directory. */
export interface KeeperManifest {
  readonly version: 1;
  /** Digest of the policy. */
  readonly policy: string;
  readonly credentials: readonly KeeperCredential[];
  readonly leaves: readonly KeeperLeaf[];
  /** CA bundles Envoy verifies upstreams against. */
  readonly authorities: readonly KeeperAuthority[];
}

/** The whole header value is rendered into `file`; an empty file means revoked: Envoy then refuses. */
export interface KeeperCredential {
  /** `credentialId()`; what the log names. */
  readonly id: string;
  readonly file: string;
  readonly credential: KeeperSource;
}

export type KeeperSource =
  | { readonly kind: 'header'; readonly prefix: string; readonly secret: string }
  | { readonly kind: 'basic'; readonly user: string; readonly secret: string }
  | {
      readonly kind: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly secret: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'googleAccessToken'; readonly scopes: readonly string[] }
  | { readonly kind: 'googleIdToken'; readonly audience: string }
  | {
      readonly kind: 'githubApp';
      readonly appId: string;
      readonly installationId: string;
      readonly secret: string;
      readonly repositories: readonly string[];
      readonly permissions: Readonly<Record<string, string>>;
      /** `basic`: user `x-access-token`, as git wants it. @default - `Bearer` */
      readonly form?: 'basic';
    };

/** One certificate of our authority, for the hosts of one group (or one `*.parent`). */
export interface KeeperLeaf {
  readonly name: string;
  /** At least one; the first is the certificate's common name. */
  readonly hosts: readonly string[];
  readonly certificate: string;
  readonly key: string;
}

/** `name` undefined: the public roots. */
export interface KeeperAuthority {
  readonly name?: string;
  readonly file: string;
}
