import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEM_CODES } from '../../lib/policy';

test('docs/problems.md lists every code with its sentence (UPDATE_DOCS=1 writes it)', () => {
  const page = join(__dirname, '../../docs/problems.md');
  const rows = Object.entries(PROBLEM_CODES).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
  const text = ['# Problems of a policy', '', '| code | what it says |', '| --- | --- |', ...rows, ''].join('\n');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, text);
  expect(readFileSync(page, 'utf8')).toBe(text);
});
