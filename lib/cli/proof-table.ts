import type { Finding, JudgedWorkload, Report, Verdict } from '../proof';
import { printable } from './terminal';

const WORST_FIRST: readonly Verdict[] = ['open', 'unproven', 'closed'];

/** The report for people: every destination on a line, then each open and unproven path hop by hop. */
export function proofTable(report: Report): string {
  return [
    ...report.workloads.map((workload) => section(workload, report.findings)),
    report.workloads.length === 0 ? 'no agent in the templates: nothing to prove\n' : '',
    ...report.findings.filter(({ verdict }) => verdict !== 'closed').map(detail),
    ...unknownTypes(report),
    ...notes(report),
    summary(report),
  ].join('');
}

function section({ id, kind, known, verdict }: JudgedWorkload, findings: readonly Finding[]): string {
  const taken = known === 'unmarked' ? ', taken for an agent because nothing is marked as one' : '';
  const its = findings.filter(({ workload }) => workload === id);
  const width = Math.max(0, ...its.map(({ destination }) => Math.min(destination.length, 40)));
  const rows = WORST_FIRST.flatMap((wanted) => its.filter((one) => one.verdict === wanted)).map((one) => {
    const [destination, reason] = [one.destination, one.reason].map(printable);
    const accepted = one.accepted ? ' (accepted)' : '';
    return `  ${one.verdict.padEnd(8)}  ${one.claim.padEnd(9)}  ${(destination ?? '').padEnd(width)}  ${reason ?? ''}${accepted}\n`;
  });
  return `${kind} ${printable(id)}: ${verdict}${taken}\n${rows.join('')}`;
}

function detail(finding: Finding): string {
  const { id, verdict, claim, workload, destination, reason, path, change, missing, accepted } = finding;
  const hops = path.map(
    ({ id, by }, index) => `  ${index === 0 ? 'from' : '  →'} ${printable(id)}  (${printable(by)})\n`,
  );
  const facts = (missing ?? []).map(
    ({ id, says }) => `  missing: ${printable(says)}\n           --assume '${printable(id)}'\n`,
  );
  const mend = change ? [`  change: ${printable(change)}\n`] : [];
  const until = accepted?.until === undefined ? '' : ` (until ${accepted.until})`;
  return [
    `\n${verdict}: ${claim}, ${printable(workload)} → ${printable(destination)}: ${printable(reason)}\n`,
    ...hops,
    ...facts,
    ...mend,
    ...(accepted ? [`  accepted: ${printable(accepted.reason)}${until}\n`] : []),
    `  id: ${id}\n`,
  ].join('');
}

function unknownTypes({ types }: Report): string[] {
  const found = Object.entries(types.unknown);
  if (found.length === 0) return [];
  return [
    '\ntypes the proof does not know:\n',
    ...found.map(([type, ids]) => `  ${printable(type)}: ${printable(ids.join(', '))}\n`),
  ];
}

function notes({ assumed, unusedAssumptions, lapsed }: Report): string[] {
  return [
    ...lapsed.map(
      ({ id, why, claim, workload, destination, says }) =>
        `\nbaseline, ${why}: ${printable(id)} (${claim}, ${printable(workload)} → ${printable(destination)}): ${says}\n`,
    ),
    ...(assumed.length > 0 ? [`\nassumed: ${printable(assumed.join(', '))}\n`] : []),
    ...(unusedAssumptions.length > 0
      ? [
          `\nnothing needed these assumptions; they are out of date or misspelt: ${printable(unusedAssumptions.join(', '))}\n`,
        ]
      : []),
  ];
}

function summary({ verdict, findings, lapsed }: Report): string {
  const count = (wanted: Verdict) => findings.filter((one) => one.verdict === wanted).length;
  const accepted = findings.filter((one) => one.accepted).length;
  const after = [
    ...(accepted > 0 ? [`, of which ${accepted} accepted`] : []),
    ...(lapsed.length > 0 ? [`; ${lapsed.length} of the baseline to mend`] : []),
  ].join('');
  return `\n${verdict}: ${count('open')} open, ${count('unproven')} unproven, ${count('closed')} closed${after}\n`;
}
