/** Something the keeper refuses. The text says where, what was expected and how to mend it, and never holds a secret's value. */
export class KeeperError extends Error {
  override readonly name = 'KeeperError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(`${message} [${code}]`);
  }
}

/** The system's code of a failure, such as `ENOENT`; undefined when it has none. */
export function systemCode(failure: unknown): string | undefined {
  // Not `instanceof Error`: a failure may come from another realm of the same process.
  const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined;
}

/** What may be told of any failure: our own sentences whole, of others only the system's code, since their text may quote what was read. */
export function told(failure: unknown): string {
  if (failure instanceof KeeperError) return failure.message;
  return `${systemCode(failure) ?? 'unexpected failure'} [failed]`;
}
