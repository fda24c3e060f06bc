import type { Finding, Report, Verdict } from '../proof';
import { jsonDocument } from './document';
import { CliError, EXIT } from './exits';
import { lazy } from './layers';
import { proofTable } from './proof-table';
import { readTemplates } from './read-templates';
import type { Terminal } from './terminal';

export interface ProveFlags {
  /** Logical ids of agents. @default - those marked in the template, else every task that is no proxy */
  readonly agent?: readonly string[];
  /** Logical ids of proxies. @default - those marked in the template */
  readonly proxy?: readonly string[];
  /** Facts and parameter values. @default - none */
  readonly assume?: readonly string[];
  /** TCP ports of upstreams. @default [443] */
  readonly port?: readonly string[];
  /** @default false */
  readonly json?: boolean;
}

const EXITS: Readonly<Record<Verdict, number>> = { closed: EXIT.done, open: EXIT.no, unproven: EXIT.unproven };

/** Judges templates and prints the report. */
export async function prove(paths: readonly string[], flags: ProveFlags, terminal: Terminal): Promise<number> {
  const ports = (flags.port ?? []).map(portOf);
  const templates = await readTemplates(paths, terminal);
  const proof = lazy.proof();
  const report = proof.prove(templates, {
    agents: flags.agent ?? [],
    proxies: flags.proxy ?? [],
    assume: flags.assume ?? [],
    ...(ports.length > 0 ? { proxyPorts: ports } : {}),
  });
  refuseMistakes(report);
  terminal.out(flags.json ? jsonDocument('prove', document(report)) : proofTable(report));
  return EXITS[report.verdict];
}

/** Input that can't be judged at all is a mistake of the command line, not a verdict. */
function refuseMistakes({ problems }: Report): void {
  if (problems.length > 0) throw new CliError(problems.map(({ message }) => message).join('\n'));
}

function portOf(written: string): number {
  const port = Number(written);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new CliError(`--port: expected a number from 1 to 65535, got "${written}" [port-malformed]`);
}

function document(report: Report): Record<string, unknown> {
  const { verdict, workloads, findings, assumed, unusedAssumptions, types } = report;
  const claims = lazy.proof().CLAIMS.map(({ id, says, attack }) => ({ id, says, attack }));
  return { verdict, workloads, claims, findings: findings.map(ordered), assumed, unusedAssumptions, types };
}

/** The keys of a finding in one order, so that two reports can be compared as text. */
function ordered({ workload, claim, destination, verdict, reason, path, change, missing }: Finding): Finding {
  return {
    workload,
    claim,
    destination,
    verdict,
    reason,
    path,
    ...(change && { change }),
    ...(missing && { missing }),
  };
}
