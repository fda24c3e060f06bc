/** Where a place runs the compiled policy. Everything a place may choose; what is allowed doesn't depend on it. */
export interface Layout {
  /** Name of the agent, in every log record. @default 'agent' */
  readonly agent?: string;
  /** Base-URL way: clear HTTP from the agent. @default - `0.0.0.0:8080` */
  readonly gateway?: ListenerAddress | false;
  /** CONNECT way. @default - `0.0.0.0:3128` */
  readonly forwardProxy?: ListenerAddress | false;
  /** Transparent way: TLS on every upstream's own port, and a readable refusal on port 80. @default - address `0.0.0.0` */
  readonly transparent?: { readonly address: string } | false;
  /** Seconds between looks at a secret's file. @default 1 */
  readonly secretPollSeconds?: number;
  /** Seconds between looks at a leaf's file. @default 30 */
  readonly leafPollSeconds?: number;
  /** DNS servers of the proxy, `address[:port]`. @default - those of the system */
  readonly resolvers?: readonly string[];
}

/** A TCP address, or a unix socket's path (relative paths are relative to Envoy's working directory). */
export type ListenerAddress = { readonly address: string; readonly port: number } | { readonly pipe: string };
