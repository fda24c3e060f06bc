import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from '../../lib/policy';
import { goldenCases } from './golden-cases';

const known = Object.keys(REASONS);

/** Every text under `value`. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

/** Every object under `value`. */
function objects(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  // Whatever JSON.parse made of an object is a record.
  const own = Array.isArray(value) ? [] : [value as Record<string, unknown>];
  return [...own, ...Object.values(value).flatMap(objects)];
}

/** Every word that the bootstrap can give as a reason, by where it comes from. */
function words(bootstrap: unknown): Record<'expressions' | 'routes' | 'policies' | 'lua', readonly string[]> {
  const all = objects(bootstrap);
  const formats = all.flatMap(({ reason }) => (typeof reason === 'string' ? [reason] : []));
  const results = (text: string) => [...text.matchAll(/[?:] '([^']*)'/g)].map((match) => match[1] ?? '');
  return {
    expressions: formats.flatMap((text) => (text.startsWith('%CEL(') ? results(text) : [text])),
    routes: all.flatMap(({ name, direct_response: answer }) =>
      answer !== undefined && name !== 'authority' ? [String(name)] : [],
    ),
    policies: all.flatMap(({ action, policies }) => (action === 'DENY' ? Object.keys(policies ?? {}) : [])),
    lua: texts(bootstrap).flatMap((text) =>
      [...text.matchAll(/refuse\(h, "\d+", "([^"]+)"\)/g)].map((match) => match[1] ?? ''),
    ),
  };
}

test.each(goldenCases().map((one) => [one.name, one] as const))(
  'the bootstrap of %s gives no reason that the language lacks',
  (_, { compiled }) => {
    const found = words(JSON.parse(compiled.bootstrap));
    for (const [from, list] of Object.entries(found)) {
      const unknown = list.map((word) => word.replace('/target', '')).filter((word) => !known.includes(word));
      expect([from, unknown]).toEqual([from, []]);
    }
    expect(found.expressions).toContain('proxy-refused');
    expect(found.routes).toContain('host-not-listed');
  },
);

test('a push guard and every policy that denies are among the words looked at', () => {
  const found = goldenCases().map(({ compiled }) => words(JSON.parse(compiled.bootstrap)));
  expect(found.flatMap(({ lua }) => lua)).toEqual(
    expect.arrayContaining(['branch-deletion', 'credential-unavailable']),
  );
  expect(found.flatMap(({ policies }) => policies)).toEqual(
    expect.arrayContaining(['malformed-path', 'header-denied', 'authority-mismatch/target']),
  );
});

test('docs/log.md lists every reason with its sentence (UPDATE_DOCS=1 writes them)', () => {
  const page = join(__dirname, '../../docs/log.md');
  const rows = Object.entries(REASONS).map(([word, sentence]) => `| \`${word}\` | ${sentence} |`);
  const table = ['| reason | it means |', '| --- | --- |', ...rows, ''].join('\n');
  const text = readFileSync(page, 'utf8');
  const written = text.slice(0, text.indexOf('| reason |')) + table;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, written);
  expect(readFileSync(page, 'utf8')).toBe(written);
});

test('docs/log.md has every field of the log, and no other', () => {
  const page = readFileSync(join(__dirname, '../../docs/log.md'), 'utf8');
  const documented = [...(page.split('| reason |')[0]?.matchAll(/^\| `(\w+)` \|/gm) ?? [])].map(
    (match) => match[1] ?? '',
  );
  const logged = goldenCases().flatMap(({ compiled }) =>
    objects(JSON.parse(compiled.bootstrap)).flatMap(({ json_format: format }) =>
      typeof format === 'object' && format !== null && 'time' in format ? Object.keys(format) : [],
    ),
  );
  expect([...new Set(logged)].sort()).toEqual([...documented].sort());
});
