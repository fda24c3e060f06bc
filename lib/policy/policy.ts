import type { Reason } from './reason';

/**
 * A checked, normalised policy: what `decide()`, the Envoy compiler and the proof read.
 * Presets and git entries are expanded, defaults are written out, everything is sorted and deduplicated, so two
 * documents that mean the same are the same `Policy`. Immutable plain data; it survives JSON.
 */
export interface Policy {
  readonly version: 1;
  readonly name: string;
  /** SHA-256 of the canonical document, 64 hex digits. */
  readonly digest: string;
  /** Sorted by host, then port; no two share both. */
  readonly upstreams: readonly Upstream[];
}

export type Upstream = InterceptUpstream | PassthroughUpstream;

export interface UpstreamBase {
  /** Lower-case DNS name, or `*.parent`. */
  readonly host: string;
  readonly port: number;
  /** `public`, or sorted CIDRs. */
  readonly addresses: 'public' | readonly string[];
  readonly limits: Limits;
}

/** The proxy ends the agent's TLS, judges each request, and opens verified TLS to the host. */
export interface InterceptUpstream extends UpstreamBase {
  readonly tls: 'intercept';
  /** e.g. `/anthropic`: no trailing slash. */
  readonly prefix?: string;
  /** Sorted by id. Never empty. */
  readonly rules: readonly Rule[];
  readonly credential?: Credential;
  readonly agentCredentials: 'strip' | 'keep';
  readonly headers: { readonly deny: readonly HeaderPattern[]; readonly set: Readonly<Record<string, string>> };
  /** Name of the authority the host is verified against; undefined: the public roots. */
  readonly ca?: string;
  readonly websocket: boolean;
  /** Mask the injected secret where the host echoes it. */
  readonly scrub: boolean;
}

/** Bytes are forwarded unseen; the TLS name is pinned. */
export interface PassthroughUpstream extends UpstreamBase {
  readonly tls: 'passthrough';
}

/** One thing that may be asked. A request is allowed when any rule of its upstream matches. */
export interface Rule {
  /** Canonical text, unique in its upstream, and what the log names: `GET,HEAD /v1/models/*`, `git-push acme/web`. */
  readonly id: string;
  /** Upper-case, sorted; `any` is every method of `ANY_METHODS`. */
  readonly methods: readonly string[] | 'any';
  readonly path: PathPattern;
  /** `ordinary`: any query of the safe alphabet without a credential-like key, or none. Otherwise exactly this text (`''`: none). */
  readonly query: 'ordinary' | { readonly exact: string };
  /** Branch patterns a push may touch (`*` inside a segment, `/**` at the end); undefined: not a restricted push. */
  readonly branches?: readonly string[];
}

/**
 * Decoded by segment: `/repos/acme/*` is `['repos', 'acme', {any: true}]`. A literal holds only unreserved characters and sub-delimiters;
 * `*` is one non-empty segment; `rest` (`/**`) is anything below, the bare path with its slash included.
 * `gitSuffix`: the last literal may also end in `.git` at this index.
 */
export interface PathPattern {
  readonly segments: readonly PathSegment[];
  readonly rest: boolean;
  /** True when the pattern ends in `/` after its last segment. */
  readonly trailingSlash: boolean;
}

/** `optionalSuffix`: the segment may carry it or not (git's `.git`). */
export type PathSegment =
  | { readonly literal: string; readonly optionalSuffix?: string }
  | { readonly wildcard: true; readonly optionalSuffix?: string };

export interface Limits {
  readonly requestsPerSecond: number;
  readonly requestBytes: number;
  /** undefined: no limit. */
  readonly streamSeconds?: number;
  readonly idleSeconds: number;
}

/** `value` undefined: the header's presence is refused. `*` in `value` stands for any text. */
export interface HeaderPattern {
  readonly name: string;
  readonly value?: string;
}

/** How the proxy proves who it is. `secret` is always a name. */
export type Credential =
  | { readonly kind: 'header'; readonly header: string; readonly prefix: string; readonly secret: string }
  | { readonly kind: 'basic'; readonly user: string; readonly secret: string }
  | {
      readonly kind: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly secret: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'sigv4'; readonly service: string; readonly region: string }
  | { readonly kind: 'googleAccessToken'; readonly scopes: readonly string[] }
  /** `audience`: the upstream's own origin, so that no token for one service is sent to another. */
  | { readonly kind: 'googleIdToken'; readonly audience: string }
  | {
      readonly kind: 'githubApp';
      readonly appId: string;
      readonly installationId: string;
      readonly secret: string;
      readonly repositories: readonly string[];
      readonly permissions: Readonly<Record<string, string>>;
      /** How the token travels: git over HTTPS takes it as a password only. @default - `Bearer` */
      readonly form?: 'basic';
    };

/** What an agent asks. */
export interface AgentRequest {
  readonly method: string;
  /** Absolute: `https://host[:port]/path?query`, raw, as it would stand on the wire; not decoded or resolved before it is judged. */
  readonly url: string;
  /** @default [] */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** The answer, with its reason always. */
export interface Decision {
  readonly verdict: 'allow' | 'deny';
  readonly reason: Reason;
  /** `host:port` of the upstream that was matched. */
  readonly upstream?: string;
  /** `Rule.id`. */
  readonly rule?: string;
  /** `credentialId()` of what is injected. */
  readonly credential?: string;
}
