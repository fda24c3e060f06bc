import { existsSync, readFileSync } from 'node:fs';

/** One line of the table at the end: requests that were judged alike. */
export interface SummaryRow {
  readonly decision: 'allow' | 'deny';
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** The rule that allowed, and that the host refused the credential if it did; or the reason of a refusal. */
  readonly why: string;
  readonly count: number;
}

/** Groups the request log; lines that aren't records are left out. Texts are safe to print on a terminal. */
export function summarise(log: string): readonly SummaryRow[] {
  const rows = new Map<string, SummaryRow>();
  for (const record of readRecords(log)) {
    const row = rowOf(record);
    const key = JSON.stringify([row.decision, row.host, row.method, row.path, row.why]);
    rows.set(key, { ...row, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()].sort(
    (a, b) => a.decision.localeCompare(b.decision) || b.count - a.count || a.host.localeCompare(b.host),
  );
}

function rowOf(record: Readonly<Record<string, unknown>>): SummaryRow {
  const decision = record['decision'] === 'allow' ? 'allow' : 'deny';
  const why = decision === 'allow' ? allowedBy(record) : (record['reason'] ?? record['rule']);
  return {
    decision,
    host: printable(record['host']),
    method: printable(record['method']),
    path: printable(record['path']),
    why: printable(why),
    count: 1,
  };
}

/** A host that takes the credential for wrong says so to the agent alone, which can't know what was sent. */
function allowedBy({ rule, reason, credential, status }: Readonly<Record<string, unknown>>): unknown {
  const by = rule ?? reason;
  const refused = credential !== undefined && status === 401;
  return refused ? `${printable(by)} (the host refused ${printable(credential)}: 401)` : by;
}

/** The agent chooses paths: control bytes and escape sequences must not reach the caller's terminal. */
function printable(value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value.replace(/[^\x20-\x7e]/g, '\ufffd');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function readRecords(log: string): readonly Readonly<Record<string, unknown>>[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8').split('\n').flatMap(parseRecord);
}

function parseRecord(line: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'decision' in value;
}
