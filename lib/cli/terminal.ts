import { createInterface } from 'node:readline/promises';
import { collect } from './read-text';

/** What a command may touch of the world around it; tests give their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Someone is there to read progress on standard error and to answer a question. */
  readonly interactive: boolean;
  /** The result, and nothing else. */
  out(text: string): void;
  /** Progress, notices and errors. */
  err(text: string): void;
  /** All of standard input, or its beginning: more than `most` bytes when it has more. */
  input(most: number): Promise<Uint8Array>;
  /** Asks on standard error and reads one line. */
  ask(question: string): Promise<string>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // A closed pipe (`| head`) ends the output, not with a stack trace.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  return {
    env: process.env,
    interactive: Boolean(process.stderr.isTTY && process.stdin.isTTY),
    out: (written) => void process.stdout.write(written),
    err: (written) => void process.stderr.write(written),
    input: (most) => collect(process.stdin, most),
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return (await lines.question(question)).trim();
      } finally {
        lines.close();
      }
    },
  };
}

/**
 * Text that came from a policy, a log or an agent, safe to show: control characters, which a terminal would obey
 * (F-16: escape sequences into a summary), are written as `\xNN`.
 */
export function printable(written: string): string {
  return written.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const point = character.charCodeAt(0);
    return point < 256 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u${point.toString(16)}`;
  });
}
