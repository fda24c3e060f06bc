import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimId, Report, Verdict } from '../../../lib/proof';
import { type Mutation, MUTATIONS } from './mutations';
import { judged, referenceResources, type Resources } from './reference';

const DOCS = join(__dirname, '../../../docs/proof.md');
const REFERENCE = referenceResources();

function without(...removals: readonly ((resources: Resources) => void)[]): Report {
  const resources = structuredClone(REFERENCE);
  for (const remove of removals) remove(resources);
  return judged(resources);
}

function claims(report: Report, verdict: Verdict): ClaimId[] {
  return [...new Set(report.findings.filter((one) => one.verdict === verdict).map(({ claim }) => claim))].sort();
}

test('our own stack is closed, and the way to the proxy is there', () => {
  const report = without();
  expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
  expect(report.verdict).toBe('closed');
  expect(report.workloads.map(({ kind, known }) => [kind, known])).toEqual([
    ['agent', 'marked'],
    ['proxy', 'marked'],
  ]);
  const way = report.findings.find(({ destination }) => destination.startsWith('the proxy, by'));
  expect(way?.path.length).toBeGreaterThan(6);
});

test.each(MUTATIONS.map((mutation) => [mutation.protection, mutation] as const))(
  'without "%s" exactly its claims turn',
  (_, mutation) => {
    const report = without(mutation.remove);
    expect({ open: claims(report, 'open'), unproven: claims(report, 'unproven') }).toEqual({
      open: [...mutation.opens].sort(),
      unproven: [...(mutation.unproven ?? [])].sort(),
    });
    for (const one of report.findings.filter(({ verdict }) => verdict === 'open')) {
      expect(one.path.length).toBeGreaterThan(0);
      expect(one.change).toMatch(/./);
    }
  },
);

test.each(MUTATIONS.filter(({ heldBy }) => heldBy !== undefined).map((one) => [one.protection, one] as const))(
  'without "%s" and what holds it the claims open',
  (_, mutation) => {
    const second = MUTATIONS.find(({ protection }) => protection === mutation.heldBy);
    expect(second).toBeDefined();
    const report = without(mutation.remove, second?.remove ?? (() => undefined));
    expect(mutation.together).not.toEqual([]);
    expect(claims(report, 'open')).toEqual(expect.arrayContaining([...(mutation.together ?? [])]));
  },
);

test('a protection that opens nothing alone has another behind it, or leaves a fact missing', () => {
  const idle = MUTATIONS.filter(
    ({ opens, heldBy, unproven = [] }) => opens.length === 0 && heldBy === undefined && unproven.length === 0,
  );
  expect(idle.map(({ protection }) => protection)).toEqual([]);
});

test('the table in the docs is this (UPDATE_DOCS=1 writes it)', () => {
  const rows = MUTATIONS.map((mutation) => [mutation.protection, effect(mutation)]);
  const text = readFileSync(DOCS, 'utf8');
  const [begin, end] = ['<!-- gcp-mutations -->', '<!-- /gcp-mutations -->'];
  expect(text).toContain(begin);
  const written = `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${table(['taken away', 'what turns'], rows)}\n\n${text.slice(text.indexOf(end))}`;
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  expect(readFileSync(DOCS, 'utf8')).toBe(written);
});

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? cell).length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function effect({ opens, unproven = [], heldBy, together = [] }: Mutation): string {
  return [
    ...(opens.length > 0 ? [`open: ${opens.join(', ')}`] : []),
    ...(unproven.length > 0 ? [`unproven: ${unproven.join(', ')}`] : []),
    ...(heldBy === undefined ? [] : [`held by “${heldBy}”; without both, open: ${together.join(', ')}`]),
  ].join('; ');
}
