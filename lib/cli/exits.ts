/** Exit codes of every command; `run` exits as its command did. */
export const EXIT = {
  done: 0,
  /** The answer is no: not sound, denied. */
  no: 1,
  /** The command line itself is wrong, or names what isn't there. */
  usage: 2,
  /** `prove`: nothing open was found, and a fact is missing. */
  unproven: 3,
  /** `prove`: nothing is left open or unproven, but an entry of the baseline accepts nothing any more. */
  lapsed: 4,
  /** `run` could not make the boundary, so the command was never started. */
  notStarted: 125,
} as const;

/** A mistake of the caller's: shown as its message alone, without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    /** The process's exit code. */
    readonly exit: number = EXIT.usage,
  ) {
    super(message);
  }
}
