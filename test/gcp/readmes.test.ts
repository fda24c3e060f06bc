import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const EXAMPLES = join(__dirname, '../../examples');
const NAMES = readdirSync(EXAMPLES).filter((name) => name.startsWith('gcp-'));

test('there are the six that the docs name', () => expect(NAMES).toHaveLength(6));

describe.each(NAMES)('the page of %s', (name) => {
  const read = (file: string): string => readFileSync(join(EXAMPLES, name, file), 'utf8');
  const page = read('README.md');

  test('says what it makes, as many as are listed, what it costs and whom it trusts', () => {
    const listed = read('expected.txt').trim().split('\n').length;
    expect(/\*\*Makes\*\* (\d+) resources/.exec(page)?.[1]).toBe(String(listed));
    expect(page).toMatch(/\n\*\*Costs\*\* /);
    expect(page).toMatch(/\n\*\*Trusts\*\* /);
  });

  test('names files and examples that are there', () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path ?? '');
    const programs = [...page.matchAll(/npx tsx (examples\/\S+)/g)].map(([, path]) => `../../${path}`);
    for (const path of [...links, ...programs])
      expect([path, existsSync(join(EXAMPLES, name, path))]).toEqual([path, true]);
  });
});
