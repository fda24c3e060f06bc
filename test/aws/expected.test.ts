import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { EXAMPLES } from './example-stacks';
import { readable } from './readable';

const FOLDER = join(__dirname, '../../examples');
const HINT =
  'the template of an example changed: read what `UPDATE_EXPECTED=1 npx jest test/aws/expected` makes of expected.yaml in `git diff`, and commit it when it is meant';

test('every example of AWS has its expected template', () => {
  const folders = readdirSync(FOLDER).filter((name) => name.startsWith('aws-'));
  expect(Object.keys(EXAMPLES).sort()).toEqual(folders.sort());
});

test.each(Object.entries(EXAMPLES))(
  'the template of %s is the reviewed one (UPDATE_EXPECTED=1 writes it)',
  (folder, stack) => {
    const file = join(FOLDER, folder, 'expected.yaml');
    const found = readable(Template.fromStack(stack).toJSON());
    if (process.env.UPDATE_EXPECTED) writeFileSync(file, found);
    const [want, got] = [existsSync(file) ? readFileSync(file, 'utf8') : '', found].map((text) => text.split('\n'));
    // The lines that differ, not the whole of both.
    const gone = want?.filter((line) => !got?.includes(line)) ?? [];
    const come = got?.filter((line) => !want?.includes(line)) ?? [];
    const at = got?.findIndex((line, index) => line !== want?.[index]) ?? -1;
    const differs = want?.join('\n') !== got?.join('\n');
    expect(differs ? { HINT, at, gone: gone.slice(0, 10), come: come.slice(0, 10) } : undefined).toBeUndefined();
  },
);

test('what is left out of them is text that other tests compare: packed files and hashes of assets', () => {
  const text = readFileSync(join(FOLDER, 'aws-minimal/expected.yaml'), 'utf8');
  expect(text).toContain('<packed files>');
  expect(text).not.toMatch(/[A-Za-z0-9+/]{200}/);
  expect(text).not.toMatch(/(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/);
});
