/** Something the keeper refuses. The text says where, what was expected and how to mend it, and never holds a secret's value. */
export class KeeperError extends Error {
  override readonly name = 'KeeperError';

  constructor(
    message: string,
    readonly code: string,
    /** True when it says that the secret itself is wrong or gone, so that what was made of it is emptied at once. */
    readonly closes = false,
  ) {
    super(`${message} [${code}]`);
  }
}

/** A secret that can't be used as it is. */
export function wrongSecret(name: string, expected: string, code: string): KeeperError {
  return new KeeperError(`secret ${name}: expected ${expected}`, code, true);
}

/** What may be told of any failure: our own sentences whole, of others only the system's code, since their text may quote what was read. */
export function told(failure: unknown): string {
  if (failure instanceof KeeperError) return failure.message;
  // Not `instanceof Error`: a failure may come from another realm of the same process.
  const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
  return `${typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'unexpected failure'} [failed]`;
}
