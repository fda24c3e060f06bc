/** What the parent and the process that plays the internet tell each other. */

/** TEST-NET addresses (RFC 5737), and the real metadata addresses of clouds. */
export const ADDRESSES = {
  model: '203.0.113.10',
  git: '203.0.113.11',
  packages: '203.0.113.12',
  /** A sound server that no policy of ours lists. */
  unlisted: '203.0.113.13',
  /** Servers whose certificate is for another name, past its end, or of an authority nobody trusts. */
  wrongName: '203.0.113.14',
  expired: '203.0.113.15',
  selfSigned: '203.0.113.16',
  dns: '203.0.113.53',
  /** Where only an escape would arrive. */
  nobody: '198.51.100.66',
  metadata: '169.254.169.254',
  taskMetadata: '169.254.170.2',
} as const;

export interface InternetOptions {
  readonly modelKey: string;
  readonly gitPassword: string;
  /** Folder for the bare repositories. */
  readonly repositories: string;
  readonly recordFile: string;
  readonly relaySocket: string;
  /** Further names; the sites' own are there anyway. */
  readonly zone: Readonly<Record<string, readonly string[]>>;
}

export type Change =
  | { readonly kind: 'zone'; readonly zone: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'secrets'; readonly secrets: { readonly model?: string; readonly git?: string } };

export interface Ready {
  readonly kind: 'ready';
  readonly authority: string;
}

export type FromInternet = Ready | { readonly kind: 'changed' } | { readonly kind: 'failed'; readonly message: string };
