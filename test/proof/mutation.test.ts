import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIMS, type ClaimId, prove, type Verdict } from '../../lib/proof';
import { between, table } from './marked';
import { type Mutation, MUTATIONS } from './mutations';
import { referenceStack } from './reference-stack';
import type { Resources } from './templates';

const DOCS = join(__dirname, '../../docs/proof.md');

function judged(change: (resources: Resources) => void): ReturnType<typeof prove> {
  const resources = referenceStack();
  change(resources);
  return prove([{ name: 'stack', document: { Resources: resources, Mappings: {} } }]);
}

function claims(report: ReturnType<typeof prove>, verdict: Verdict): ClaimId[] {
  return [...new Set(report.findings.filter((one) => one.verdict === verdict).map(({ claim }) => claim))].sort();
}

test('our own stack is closed, and the way to the proxy is there', () => {
  const report = judged(() => undefined);
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

test.each(MUTATIONS.map((mutation) => [mutation.protection, mutation] as const))(
  'without "%s" exactly its claims turn',
  (_, mutation) => {
    const report = judged(mutation.remove);
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
    const report = judged((resources) => {
      mutation.remove(resources);
      second?.remove(resources);
    });
    expect(claims(report, 'open')).toEqual(expect.arrayContaining([...(mutation.together ?? [])]));
    expect(mutation.together).not.toEqual([]);
  },
);

test('a protection that opens nothing alone has another behind it, or leaves a fact missing', () => {
  const idle = MUTATIONS.filter(
    ({ opens, heldBy, unproven = [] }) => opens.length === 0 && heldBy === undefined && unproven.length === 0,
  );
  expect(idle.map(({ protection }) => protection)).toEqual([]);
});

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

function effect({ opens, unproven = [], heldBy, together = [] }: Mutation): string {
  const parts = [
    ...(opens.length > 0 ? [`open: ${opens.join(', ')}`] : []),
    ...(unproven.length > 0 ? [`unproven: ${unproven.join(', ')}`] : []),
    ...(heldBy === undefined ? [] : [`held by “${heldBy}”; without both, open: ${together.join(', ')}`]),
  ];
  return parts.join('; ');
}
