/**
 * A policy as people write it: the shape of the YAML, the JSON and the TypeScript builders.
 * Plain data that names secrets and never holds one.
 */
export interface PolicyDocument {
  /** Version of the language. */
  readonly policy: 1;
  /** Used in logs and resource names: lower-case letters, digits and `-`. */
  readonly name: string;
  /** What the agents may reach; empty refuses everything. */
  readonly upstreams: readonly UpstreamEntry[];
  /** @default - 50 requests a second for each client, 32 MiB a request, no end to a stream, 10 idle minutes */
  readonly limits?: LimitsEntry;
}

/** One entry of `upstreams`. */
export type UpstreamEntry = HostEntry | GitEntry | PresetEntry;

/** What every entry may say. */
export interface EntryOptions {
  /** @default 443 */
  readonly port?: number;
  /** Path under which base-URL clients reach it, e.g. `/anthropic`. @default - none */
  readonly prefix?: string;
  /** @default - none: the request goes out bare */
  readonly credential?: CredentialEntry;
  /** `public`, or the private CIDRs an internal service may resolve to. @default 'public' */
  readonly addresses?: 'public' | readonly string[];
  /** Name of the certificate authority the host is verified against. @default - the public roots */
  readonly ca?: string;
  /** @default - a preset's own, else none */
  readonly headers?: HeadersEntry;
  /** @default - scrub is true with a credential */
  readonly response?: { readonly scrub: boolean };
  /** @default - those of the policy */
  readonly limits?: LimitsEntry;
}

/** A host and what may be asked of it. */
export interface HostEntry extends EntryOptions {
  /** Exact lower-case DNS name, or `*.example.com` (never with a credential). */
  readonly host: string;
  /** @default 'intercept' */
  readonly tls?: 'intercept' | 'passthrough';
  /** `METHOD[,METHOD] PATH[?QUERY]` each, or `any`. Required with `intercept`, refused with `passthrough`. @default - none, which only `passthrough` takes */
  readonly rules?: readonly string[] | 'any';
  /** @default 'strip' */
  readonly agentCredentials?: 'strip' | 'keep';
  /** @default false */
  readonly websocket?: boolean;
}

/** A git host over smart HTTP: clone and push are allowed apart. */
export interface GitEntry extends EntryOptions {
  readonly git: string;
  readonly repositories: readonly RepositoryEntry[];
}

/** One repository; `name` is its path on the host without `.git`, e.g. `acme/web`; a segment may be `*`. */
export interface RepositoryEntry {
  readonly name: string;
  /** @default false */
  readonly clone?: boolean;
  /** @default false */
  readonly push?: boolean;
  /** Branches that may be pushed, e.g. `agent/*`. Only with `push`. @default - every branch and tag */
  readonly branches?: readonly string[];
}

/** A preset: a plain upstream with its rules written for you. */
export interface PresetEntry extends EntryOptions {
  readonly use: string;
  /** The host, where the preset doesn't know it (package mirrors) or another is meant. @default - the preset's own */
  readonly host?: string;
  /** Further settings of the one preset, e.g. `region`, `project`, `repositories`. @default - none */
  readonly with?: Readonly<Record<string, string | readonly string[]>>;
}

export interface LimitsEntry {
  /** For each client. @default 50 */
  readonly requestsPerSecond?: number;
  /** A number of bytes, or text such as `32MiB`. @default '32MiB' */
  readonly requestBytes?: number | string;
  /** Longest life of one response stream, seconds. @default - no limit */
  readonly streamSeconds?: number;
  /** A stream with no byte either way for so long is ended, seconds. @default 600 */
  readonly idleSeconds?: number;
}

export interface HeadersEntry {
  /** A request that carries one is refused: a name (`x-tenant`), or `name: value` where `*` in the value stands for any text and each comma-separated item of the header is compared. @default - none is refused */
  readonly deny?: readonly string[];
  /** Set on every request, whatever the agent sent. @default - none */
  readonly set?: Readonly<Record<string, string>>;
}

export type CredentialEntry =
  | { readonly header: string; readonly secret: string; readonly prefix?: string }
  | { readonly bearer: string }
  | { readonly basic: { readonly user: string; readonly secret: string } }
  | {
      readonly oauth2: {
        readonly tokenUrl: string;
        readonly clientId: string;
        readonly secret: string;
        readonly scopes?: readonly string[];
      };
    }
  | { readonly sigv4: { readonly service: string; readonly region: string } }
  | { readonly googleAccessToken: { readonly scopes?: readonly string[] } }
  | { readonly googleIdToken: Readonly<Record<never, never>> }
  | {
      readonly githubApp: {
        readonly appId: string;
        readonly installationId: string;
        readonly secret: string;
        readonly repositories?: readonly string[];
        readonly permissions?: Readonly<Record<string, string>>;
      };
    };
