import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClaimId, prove, type Verdict } from '../../lib/proof';
import { type Example, EXAMPLES } from './examples';
import { between, table } from './marked';
import { type Mutation, MUTATIONS } from './mutations';
import type { Resources } from './templates';

process.env.CDK_VALIDATION = 'false';
const DOCS = join(__dirname, '../../docs/proof.md');

function claims(document: object, verdict: Verdict): readonly ClaimId[] {
  const { findings } = prove([{ name: 'example', document }]);
  return [...new Set(findings.filter((one) => one.verdict === verdict).map(({ claim }) => claim))].sort();
}

/** What turns of an example without one protection, beside what is unproven as it is. */
function effectOf({ unproven = [] }: Example, document: object, mutation: Mutation): Example['differs'][string] {
  const copy = structuredClone(document);
  try {
    // A template is an object with resources by CloudFormation's own definition.
    mutation.remove((copy as { Resources: Resources }).Resources);
  } catch {
    return 'absent';
  }
  return {
    opens: claims(copy, 'open'),
    unproven: claims(copy, 'unproven').filter((claim) => !unproven.includes(claim)),
  };
}

const expected = ({ differs }: Example, { protection, opens, unproven = [] }: Mutation): Example['differs'][string] =>
  differs[protection] ?? { opens: [...opens].sort(), unproven: [...unproven].sort() };

describe.each(EXAMPLES.map((example) => [example.name, example] as const))('%s', (_, example) => {
  const document = example.template();

  test('nothing of it is open, and what is unproven is known', () => {
    expect([claims(document, 'open'), claims(document, 'unproven')]).toEqual([[], example.unproven ?? []]);
  });

  test('each protection taken away turns exactly its claims', () => {
    const effects = (of: (mutation: Mutation) => unknown) =>
      Object.fromEntries(MUTATIONS.map((mutation) => [mutation.protection, of(mutation)]));
    expect(effects((mutation) => effectOf(example, document, mutation))).toEqual(
      effects((mutation) => expected(example, mutation)),
    );
  });

  test('every difference is one of a protection of the table', () => {
    const known = MUTATIONS.map(({ protection }) => protection);
    expect(Object.keys(example.differs).filter((protection) => !known.includes(protection))).toEqual([]);
  });
});

test('the table in the docs is this one (UPDATE_DOCS=1 writes it)', () => {
  const rows = EXAMPLES.map((example) => {
    const all = MUTATIONS.map((mutation) => expected(example, mutation));
    const there = all.filter((effect) => effect !== 'absent');
    const turning = there.filter((effect) => effect.opens.length + effect.unproven.length > 0);
    const others = Object.entries(example.differs).filter(([, effect]) => effect !== 'absent');
    return [`\`${example.name}\``, String(there.length), String(turning.length), others.map(differently).join('; ')];
  });
  const text = readFileSync(DOCS, 'utf8');
  const head = [
    'example',
    'protections it has',
    'of which one alone turns a claim',
    'where it differs from the table above',
  ];
  const written = between(text, 'examples', table(head, rows));
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  expect(readFileSync(DOCS, 'utf8')).toBe(written);
});

function differently([protection, effect]: [string, Example['differs'][string]]): string {
  if (effect === 'absent') return '';
  const parts = [
    ...(effect.opens.length > 0 ? [`open: ${effect.opens.join(', ')}`] : []),
    ...(effect.unproven.length > 0 ? [`unproven: ${effect.unproven.join(', ')}`] : []),
  ];
  return `“${protection}”: ${parts.length > 0 ? parts.join(', ') : 'unproven with it and without'}`;
}
