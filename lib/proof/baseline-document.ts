import { CLAIM_IDS, type ClaimId, type Finding, type ProofProblem } from './report';
import { isJsonObject, own, type JsonObject } from './template';

/** An entry of a baseline: a finding that somebody accepts, and why. */
export interface Acceptance {
  readonly id: string;
  readonly workload: string;
  readonly claim: ClaimId;
  readonly destination: string;
  readonly reason: string;
  /** The last day on which it holds, as 2027-01-31. @default - until the finding changes */
  readonly until?: string;
}

const FIELDS = ['id', 'workload', 'claim', 'destination', 'reason', 'until'];
const REQUIRED = ['id', 'workload', 'destination'] as const;

/** Reads a parsed baseline (schemas/baseline.schema.json); every problem is found, and with any of them nothing is accepted. */
export function readBaseline(document: unknown): {
  readonly acceptances: readonly Acceptance[];
  readonly problems: readonly ProofProblem[];
} {
  const problems: ProofProblem[] = [];
  const add = (where: string, code: string, says: string) =>
    void problems.push({ where, code, message: `${where}: ${says} [${code}]` });
  const acceptances = entriesOf(document, add).flatMap(([where, entry]) => readEntry(where, entry, add) ?? []);
  const seen = new Set<string>();
  for (const { id } of acceptances) {
    if (seen.has(id)) add('baseline', 'baseline-twice', `expected each finding once, got ${quoted(id)} twice`);
    seen.add(id);
  }
  return { acceptances: problems.length > 0 ? [] : acceptances, problems };
}

type Add = (where: string, code: string, says: string) => void;

function entriesOf(document: unknown, add: Add): (readonly [string, unknown])[] {
  if (!isJsonObject(document)) {
    add('baseline', 'baseline-malformed', 'expected a mapping with "baseline: 1" and "accepted", got none');
    return [];
  }
  for (const key of Object.keys(document).filter((name) => !['baseline', 'accepted'].includes(name)))
    add(`baseline.${key}`, 'baseline-unknown-field', 'expected only "baseline" and "accepted"');
  const [version, accepted] = [own(document, 'baseline'), own(document, 'accepted')];
  if (version !== 1) add('baseline.baseline', 'baseline-version', `expected 1, got ${quoted(version)}`);
  if (Array.isArray(accepted))
    return accepted.map((entry: unknown, index) => [`baseline.accepted[${index}]`, entry] as const);
  add('baseline.accepted', 'baseline-malformed', `expected a list, got ${quoted(accepted)}`);
  return [];
}

function readEntry(where: string, entry: unknown, add: Add): Acceptance | undefined {
  if (!isJsonObject(entry)) {
    add(where, 'baseline-malformed', 'expected a mapping with id, workload, claim, destination and reason');
    return undefined;
  }
  for (const key of Object.keys(entry).filter((name) => !FIELDS.includes(name)))
    add(`${where}.${key}`, 'baseline-unknown-field', `expected only ${FIELDS.join(', ')}`);
  const text = (name: string) => textOf(entry, name);
  for (const name of REQUIRED)
    if (!text(name)) add(`${where}.${name}`, 'baseline-field-missing', `expected the ${name} that the report prints`);
  const claim = CLAIM_IDS.find((id) => id === own(entry, 'claim'));
  if (claim === undefined) add(`${where}.claim`, 'baseline-claim-unknown', `expected one of ${CLAIM_IDS.join(', ')}`);
  const reason = text('reason').trim();
  if (reason === '')
    add(`${where}.reason`, 'baseline-reason-empty', 'expected why this is accepted, in words, got nothing');
  const until = own(entry, 'until');
  if (until !== undefined && !isDate(until))
    add(`${where}.until`, 'baseline-until-malformed', `expected a date such as 2027-01-31, got ${quoted(until)}`);
  if (claim === undefined) return undefined;
  const fields = { id: text('id'), workload: text('workload'), claim, destination: text('destination'), reason };
  return isDate(until) ? { ...fields, until } : fields;
}

function textOf(entry: JsonObject, name: string): string {
  const value = own(entry, name);
  return typeof value === 'string' ? value : '';
}

/** A day of the calendar, as 2027-01-31. */
export function isDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}

/** The baseline that accepts these findings once somebody has written each reason; those accepted already keep theirs. */
export function baselineOf(findings: readonly Finding[]): { readonly baseline: 1; readonly accepted: Acceptance[] } {
  const accepted = findings
    .filter(({ verdict }) => verdict !== 'closed')
    .map(({ id, workload, claim, destination, accepted: earlier }) => ({
      ...{ id, workload, claim, destination, reason: '' },
      ...earlier,
    }));
  return { baseline: 1, accepted };
}
