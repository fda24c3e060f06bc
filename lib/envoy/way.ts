/** How an agent's bytes come in: TLS on its own connection, TLS inside a CONNECT tunnel, or clear HTTP under a prefix. */
export type Way = 'transparent' | 'connect' | 'gateway';
