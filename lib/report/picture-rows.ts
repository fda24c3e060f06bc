import type { Finding, Hop } from '../proof';
import { CLAIM_TITLES, isWindow, times } from './words';

/** One line of the picture, from the agent to the wall or through it. */
export interface Row {
  readonly kind: 'window' | 'open' | 'unproven' | 'closed';
  readonly label: string;
  /** Below the label. */
  readonly note: string;
  readonly hops: readonly Hop[];
}

/** More of a kind than this are one line: the list below has them all. */
const MOST = 7;

/** The agent's attempts: each way that isn't closed, and one line a claim for those that are. */
export function rowsOf(findings: readonly Finding[]): readonly Row[] {
  const windows = findings.filter(isWindow).map(({ destination, path }): Row => ({
    kind: 'window',
    label: destination,
    note: 'the window: the policy decides',
    hops: path,
  }));
  return [...few(windows), ...attempts(findings, 'open'), ...attempts(findings, 'unproven'), ...closedRows(findings)];
}

function attempts(findings: readonly Finding[], kind: 'open' | 'unproven'): readonly Row[] {
  const rows = findings
    .filter(({ verdict }) => verdict === kind)
    .map(({ destination, claim, path, accepted }): Row => ({
      kind,
      label: destination,
      note: `${kind}${accepted ? ', accepted' : ''} · ${CLAIM_TITLES[claim]}`,
      hops: path,
    }));
  return few(rows);
}

function closedRows(findings: readonly Finding[]): readonly Row[] {
  const byClaim = new Map<Finding['claim'], Finding[]>();
  for (const finding of findings) {
    if (finding.verdict !== 'closed' || isWindow(finding)) continue;
    byClaim.set(finding.claim, [...(byClaim.get(finding.claim) ?? []), finding]);
  }
  return [...byClaim].map(([claim, its]): Row => {
    const [only] = its;
    const what = its.length === 1 && only ? only.destination : times(its.length, 'destination');
    return { kind: 'closed', label: CLAIM_TITLES[claim], note: `closed · ${what}`, hops: [] };
  });
}

function few(rows: readonly Row[]): readonly Row[] {
  const [first] = rows;
  if (!first || rows.length <= MOST) return rows;
  const rest = rows.length - MOST + 1;
  return [...rows.slice(0, MOST - 1), { ...first, label: `and ${rest} more`, note: first.kind, hops: [] }];
}
