import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgePattern, PATTERNS, worstOf } from './patterns';
import { finding } from './templates';

test('every template of the folder is judged', () => {
  const files = readdirSync(join(__dirname, 'patterns')).map((file) => file.replace(/\.yaml$/, ''));
  expect(files.sort()).toEqual(Object.keys(PATTERNS).sort());
});

test.each(Object.entries(PATTERNS))('judges %s as its reader does, by the same paths', async (name, said) => {
  const report = await judgePattern(name);
  expect(worstOf(report)).toEqual(said.verdicts);
  const found = said.paths.map(([claim, destination]) => [
    claim,
    destination,
    finding(report, claim, destination)
      .path.map(({ id }) => id)
      .join(' '),
  ]);
  expect(found).toEqual(said.paths);
});
