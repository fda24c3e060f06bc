import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIMS, prove, type Report } from '../../lib/proof';
import { between, table } from './marked';
import { effect, testMutations } from './mutation-law';
import { MUTATIONS } from './mutations';
import { referenceStack } from './reference-stack';
import type { Resources } from './templates';

const DOCS = join(__dirname, '../../docs/proof.md');

function without(...removals: readonly ((resources: Resources) => void)[]): Report {
  const resources = referenceStack();
  for (const remove of removals) remove(resources);
  return prove([{ name: 'stack', document: { Resources: resources, Mappings: {} } }]);
}

test('our own stack is closed, and the way to the proxy is there', () => {
  const report = without();
  expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
  expect(report.verdict).toBe('closed');
  expect(report.workloads.map(({ kind, known }) => [kind, known]).sort()).toEqual([
    ['agent', 'marked'],
    ['proxy', 'marked'],
  ]);
  expect(
    report.findings.find(({ destination }) => destination.startsWith('the proxy, by'))?.path.length,
  ).toBeGreaterThan(3);
});

testMutations(MUTATIONS, without);

test('the tables in the docs are these (UPDATE_DOCS=1 writes them)', () => {
  const claimRows = CLAIMS.map(({ id, says, attack }) => [`\`${id}\``, says, attack]);
  const mutationRows = MUTATIONS.map((mutation) => [mutation.protection, effect(mutation)]);
  const text = readFileSync(DOCS, 'utf8');
  const written = between(
    between(text, 'claims', table(['claim', 'says', 'the attack'], claimRows)),
    'mutations',
    table(['taken away', 'what turns'], mutationRows),
  );
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  expect(readFileSync(DOCS, 'utf8')).toBe(written);
});
