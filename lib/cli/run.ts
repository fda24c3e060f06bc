import type { Overlay, OverlayChange, RunResult } from '../twin';
import { showProblems } from './check';
import { jsonDocument } from './document';
import { CliError, EXIT } from './exits';
import { lazy } from './layers';
import { readPolicy } from './read-policy';
import { runOptions, type RunFlags } from './run-options';
import { summaryTable } from './summary-table';
import { printable, type Terminal } from './terminal';

/** Runs a command confined; the summary goes to standard error, because standard output is the command's. */
export async function runCommand(command: readonly string[], flags: RunFlags, terminal: Terminal): Promise<number> {
  const read = await readPolicy(flags.policy, terminal);
  if (!read.policy) {
    showProblems('run', read, flags.json, terminal);
    return EXIT.notStarted; // 1 would read as the command's own
  }
  const options = runOptions(read.policy, command, flags, terminal);
  const result = await confined({
    ...options,
    stdio: flags.json ? 'capture' : 'inherit',
    notice: (line) => terminal.err(`anchorhold: ${printable(line)}\n`),
  });
  const settled = result.overlay && (await settleOverlay(result.overlay, flags, terminal));
  if (flags.json) terminal.out(jsonDocument('run', runDocument(read.policy.digest, result, settled)));
  else terminal.err(summaryTable(result.summary));
  return result.exitCode;
}

async function confined(options: Parameters<ReturnType<typeof lazy.twin>['run']>[0]): Promise<RunResult> {
  const { run, RunRefused } = lazy.twin();
  try {
    return await run(options);
  } catch (error) {
    if (error instanceof RunRefused) throw new CliError(error.message, EXIT.notStarted);
    throw error;
  }
}

interface Settled {
  readonly applied: boolean;
  /** Changes that weren't taken over, each with its reason. */
  readonly refused: readonly OverlayChange[];
}

/** Shows what the command changed, then applies or discards it: by flag, by question, else discards. */
async function settleOverlay(overlay: Overlay, flags: RunFlags, terminal: Terminal): Promise<Settled> {
  for (const change of overlay.changes) terminal.err(`${change.change.padEnd(8)} ${printable(change.path)}\n`);
  if (overlay.changes.length === 0 || !(await wantsApply(flags, terminal))) {
    overlay.discard();
    if (overlay.changes.length > 0) terminal.err('anchorhold: the changes were discarded\n');
    return { applied: false, refused: [] };
  }
  const refused = overlay.apply();
  for (const change of refused)
    terminal.err(`anchorhold: not applied: ${printable(change.path)} (${change.refused ?? 'refused'})\n`);
  return { applied: true, refused };
}

async function wantsApply(flags: RunFlags, terminal: Terminal): Promise<boolean> {
  if (flags.apply || flags.discard) return Boolean(flags.apply);
  if (!terminal.interactive) {
    terminal.err('anchorhold: no terminal to ask on; pass --apply to keep the changes\n');
    return false;
  }
  return /^(a|apply|y|yes)$/i.test(await terminal.ask('Apply these changes to the workspace? [apply/discard] '));
}

function runDocument(digest: string, result: RunResult, settled: Settled | undefined): Record<string, unknown> {
  return {
    sound: true,
    policy: digest,
    exitCode: result.exitCode,
    summary: result.summary,
    notInForce: result.notInForce,
    hidden: result.hidden,
    ...(settled && { overlay: { changes: result.overlay?.changes ?? [], ...settled } }),
    stdout: result.stdout ?? '',
    stderr: result.stderr ?? '',
  };
}
