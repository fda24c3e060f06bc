/** How the keeper stands, names only. */
export interface KeeperStatus {
  /** Every credential, leaf and authority is there. */
  readonly ready: boolean;
  /** Digest of the policy. */
  readonly policy: string;
  /** `credential ID`, `leaf NAME`, `authority NAME`: what Envoy would lack now. */
  readonly missing: readonly string[];
  readonly credentials: readonly CredentialStatus[];
  /** When the leaves are next renewed, ISO 8601. */
  readonly renewal?: string;
}

/** What the keeper tells of one credential. */
export interface CredentialStatus {
  readonly id: string;
  /** `present`: Envoy can use it. `absent`: its file is empty and Envoy refuses. */
  readonly state: 'present' | 'absent';
  /** Why it is absent, or why a present one couldn't be looked at just now. */
  readonly problem?: string;
  /** Of a fetched token, ISO 8601. */
  readonly expires?: string;
}

/** One line of the keeper's log. Names only. */
export interface KeeperRecord {
  readonly event: 'credential-written' | 'credential-emptied' | 'problem' | 'leaves-written' | 'ready';
  /** `credential ID`, `leaves`, `authorities`. */
  readonly about?: string;
  readonly problem?: string;
}
