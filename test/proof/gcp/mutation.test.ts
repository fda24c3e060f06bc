import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimTexts, type Report } from '../../../lib/proof';
import { between, table } from '../marked';
import { effect, testMutations } from '../mutation-law';
import { MUTATIONS } from './mutations';
import { TOOL } from './mutations-tool';
import { judged, referenceResources, type Resources } from './reference';

const DOCS = join(__dirname, '../../../docs/proof.md');
const REFERENCE = referenceResources();

function without(...removals: readonly ((resources: Resources) => void)[]): Report {
  const resources = structuredClone(REFERENCE);
  for (const remove of removals) remove(resources);
  return judged(resources);
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

testMutations(MUTATIONS, without);

test('the tables in the docs are these (UPDATE_DOCS=1 writes them)', () => {
  const rows = [...MUTATIONS, ...TOOL].map((mutation) => [mutation.protection, effect(mutation)]);
  const text = readFileSync(DOCS, 'utf8');
  const claims = claimTexts(without()).map(({ id, says, attack }) => [`\`${id}\``, says, attack]);
  const written = between(
    between(text, 'gcp-claims', table(['claim', 'says', 'the attack'], claims)),
    'gcp-mutations',
    table(['taken away', 'what turns'], rows),
  );
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  expect(readFileSync(DOCS, 'utf8')).toBe(written);
});
