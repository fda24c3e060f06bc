import type { SummaryRow } from '../twin';
import { lazy } from './layers';
import { printable } from './terminal';

/** What was allowed, refused and why; empty text when nothing was asked. */
export function summaryTable(rows: readonly SummaryRow[]): string {
  if (rows.length === 0) return 'anchorhold: nothing was asked of the proxy\n';
  const Table = lazy.table();
  // No colours: the table also lands in files and in CI logs.
  const table = new Table({
    head: ['', 'host', 'method', 'path', 'why', 'count'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    // Hosts and methods are the agent's words: shown, never obeyed by the terminal.
    const words = [row.decision, row.host, row.method, row.path, row.why].map(printable);
    table.push([...words, { content: String(row.count), hAlign: 'right' as const }]);
  }
  return `${table.toString()}\n`;
}
