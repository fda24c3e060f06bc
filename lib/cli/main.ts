import { CommanderError } from 'commander';
import { CliError, EXIT } from './exits';
import { buildProgram } from './program';
import { printable, type Terminal } from './terminal';

/**
 * Runs one command line (without the program's own name).
 * @returns the exit code; a mistake of the caller's is told in a sentence on standard error, never thrown.
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = EXIT.done;
  const program = buildProgram(terminal, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    return exitOf(error, terminal);
  }
}

function exitOf(error: unknown, terminal: Terminal): number {
  // commander has already written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CliError) {
    for (const line of error.message.split('\n')) terminal.err(`anchorhold: ${printable(line)}\n`);
    return error.exit;
  }
  // A fault of ours: the stack is what a report needs.
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(`anchorhold: a fault of the program, please report it:\n${told}\n`);
  return 70;
}
