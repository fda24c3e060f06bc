import type { Policy } from '../policy';
import type { Report } from '../proof';
import { readBaselineFile } from './baseline-file';
import { jsonDocument } from './document';
import { CliError, EXIT } from './exits';
import { lazy } from './layers';
import { proofTable } from './proof-table';
import { proveDocument } from './prove-document';
import { readPolicy } from './read-policy';
import { readTemplates } from './read-templates';
import type { Terminal } from './terminal';
import { writeReports } from './write-reports';

export interface ProveFlags {
  /** Logical ids of agents. @default - those marked in the template, else every task that is no proxy */
  readonly agent?: readonly string[];
  /** Logical ids of proxies. @default - those marked in the template */
  readonly proxy?: readonly string[];
  /** Facts and parameter values. @default - none */
  readonly assume?: readonly string[];
  /** Paths of the proxies' policies. @default - `port` alone says what a proxy needs */
  readonly policy?: readonly string[];
  /** TCP ports of upstreams. @default - those of `policy`; [443] without it */
  readonly port?: readonly string[];
  /** Path of accepted findings. @default - none is accepted */
  readonly baseline?: string;
  /** Where to write a baseline of what isn't closed. @default - nowhere */
  readonly writeBaseline?: string;
  /** Where to write SARIF. @default - nowhere */
  readonly sarif?: string;
  /** Where to write the page. @default - nowhere */
  readonly html?: string;
  /** @default false */
  readonly json?: boolean;
}

/** Judges templates and prints the report. */
export async function prove(paths: readonly string[], flags: ProveFlags, terminal: Terminal): Promise<number> {
  const ports = (flags.port ?? []).map(portOf);
  oneStandardInput([...paths, ...(flags.policy ?? []), flags.baseline]);
  const baseline = flags.baseline === undefined ? undefined : await readBaselineFile(flags.baseline, terminal);
  const policies = await readPolicies(flags.policy ?? [], terminal);
  const templates = await readTemplates(paths, terminal);
  progress(terminal, `judging ${templates.length === 1 ? templates[0]?.path : `${templates.length} templates`}`);
  const report = lazy.proof().prove(templates, {
    agents: flags.agent ?? [],
    proxies: flags.proxy ?? [],
    assume: flags.assume ?? [],
    baseline,
    policies,
    today: new Date().toISOString().slice(0, 10),
    ...(ports.length > 0 ? { proxyPorts: ports } : {}),
  });
  refuseMistakes(report, flags);
  writeReports(report, templates, flags, (says) => progress(terminal, says));
  terminal.out(flags.json ? jsonDocument('prove', proveDocument(report)) : proofTable(report));
  return exitOf(report);
}

function oneStandardInput(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === '-').length > 1)
    throw new CliError('-: expected one use of standard input, got several; give paths [stdin-twice]');
}

/** @throws CliError for a policy that isn't sound: nothing is proven of it */
async function readPolicies(files: readonly string[], terminal: Terminal): Promise<Policy[]> {
  const policies: Policy[] = [];
  for (const file of files) {
    const { policy, problems } = await readPolicy(file, terminal);
    if (!policy) throw new CliError(problems.map(({ message }) => `${file}: ${message}`).join('\n'));
    policies.push(policy);
  }
  return policies;
}

/** Someone who waits is told what is done; a script isn't. */
function progress(terminal: Terminal, says: string): void {
  if (terminal.interactive) terminal.err(`${says}\n`);
}

function exitOf({ remaining, lapsed }: Report): number {
  switch (remaining) {
    case 'open':
      return EXIT.no;
    case 'unproven':
      return EXIT.unproven;
    case 'closed':
      return lapsed.length > 0 ? EXIT.lapsed : EXIT.done;
  }
}

/** Input that can't be judged at all is a mistake of the command line, not a verdict. */
function refuseMistakes({ problems }: Report, { baseline }: ProveFlags): void {
  if (problems.length === 0) return;
  const before = (code: string) => (code.startsWith('baseline-') && baseline !== undefined ? `${baseline}: ` : '');
  throw new CliError(problems.map(({ code, message }) => `${before(code)}${message}`).join('\n'));
}

function portOf(written: string): number {
  const port = Number(written);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new CliError(`--port: expected a number from 1 to 65535, got "${written}" [port-malformed]`);
}
