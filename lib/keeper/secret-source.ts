import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LARGEST_SECRET } from './header-value';
import { KeeperError } from './keeper-error';

/** Where one secret's value comes from. */
export interface SecretSource {
  /**
   * The secret as it is now; empty means revoked. A `KeeperError` that closes says that it is gone; any other failure
   * that it can't be asked: the last good value then stays, an hour at most.
   */
  read(signal: AbortSignal): Promise<string>;
  /** Seconds between looks. @default 1 */
  readonly everySeconds?: number;
}

const SETTLE_MS = 60;

/** The value of an environment variable as it is now; the caller removes it from its own environment. */
export function environmentSecret(variable: string, environment: NodeJS.ProcessEnv): SecretSource {
  const value = environment[variable];
  // A key pasted where the variable's name belongs must not come back in the message: only a conventional name is quoted.
  const named = /^[A-Z][A-Z0-9_]{0,63}$/.test(variable) ? variable : 'named after env:';
  if (value === undefined)
    throw new KeeperError(
      `secret: expected the environment variable ${named} to be set, got none`,
      'environment-unset',
    );
  return { read: () => Promise.resolve(value) };
}

/** The content of a file, looked at every second. Rename a new file in, or write in place: half-written content is waited out. */
export function fileSecret(path: string): SecretSource {
  let last: string | undefined;
  return {
    async read() {
      let now = await readBounded(path);
      // `echo new > file` truncates first: without a second look its empty moment would read as a revocation.
      for (let tries = 0; now !== last && tries < 8; tries++) {
        last = now;
        await pause(SETTLE_MS);
        now = await readBounded(path);
      }
      last = now;
      return now;
    },
  };
}

async function readBounded(path: string): Promise<string> {
  // Non-blocking: a FIFO in the file's place would otherwise hold a thread for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile())
      throw new KeeperError('secret: expected a plain file, got something else', 'secret-not-a-file', true);
    const buffer = Buffer.alloc(LARGEST_SECRET + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await handle.read(buffer, length, buffer.length - length)).bytesRead;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
}
