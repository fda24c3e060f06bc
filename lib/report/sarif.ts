import type { Log, Notification, ReportingDescriptor, Run } from 'sarif';
import type { Claim, Report } from '../proof';
import { marked } from './marked';
import { sarifResult } from './sarif-result';
import { Sources, type Source } from './sources';

/** What a rule is made of. */
export type ClaimText = Pick<Claim, 'id' | 'says' | 'attack'>;

export interface SarifInput {
  readonly report: Report;
  /** Every claim of the proof; each is a rule, also where nothing is found. */
  readonly claims: readonly ClaimText[];
  readonly sources: readonly Source[];
  /** Of this package. */
  readonly version: string;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * The report as SARIF 2.1.0, for code review: a rule a claim, a result a finding that isn't closed, at the line that its change
 * is about, with its path as a code flow. Accepted findings are suppressed, with their reason.
 */
export function sarif({ report, claims, sources: read, version }: SarifInput): string {
  const sources = new Sources(read);
  const rules = new Map(claims.map(({ id }, index) => [id, index]));
  const run: Run = {
    tool: { driver: { name: 'anchorhold', version, semanticVersion: version, rules: claims.map(ruleOf) } },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(report) }],
    results: report.findings
      .filter(({ verdict }) => verdict !== 'closed')
      .map((finding) => sarifResult(finding, sources, rules.get(finding.claim))),
    properties: { verdict: report.verdict, remaining: report.remaining, assumed: report.assumed.map(marked) },
  };
  const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ id, says, attack }: ClaimText): ReportingDescriptor {
  const help = `The attack it answers: ${attack}`;
  return {
    id,
    name: `Isolation${id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
    shortDescription: { text: says },
    fullDescription: { text: `${says} ${help}` },
    help: { text: `${says}\n\n${help}`, markdown: `**${says}**\n\n${help}` },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['security', 'isolation'] },
  };
}

/** What is no finding and must not stay unnoticed. */
function notifications({ lapsed, unusedAssumptions, types }: Report): Notification[] {
  const told = (level: Notification.level, id: string, text: string): Notification => ({
    descriptor: { id },
    level,
    message: { text: marked(text) },
  });
  return [
    ...lapsed.map(({ id, why, says }) => told('error', `baseline-${why}`, `${id}: ${says}`)),
    ...unusedAssumptions.map((id) => told('warning', 'assumption-unused', `nothing needed the assumption ${id}`)),
    ...Object.entries(types.unknown).map(([type, ids]) =>
      told('note', 'type-unknown', `the proof doesn’t know ${type}: ${ids.join(', ')}`),
    ),
  ];
}
