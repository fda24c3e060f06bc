import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Words that belong in no file: they tie the project to one registry, one machine, or the way it was made. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  'a package registry’s host': new RegExp(
    [
      'registry\\.npmjs\\.' + 'org',
      'pypi\\.' + 'org',
      'files\\.python' + 'hosted',
      'static\\.crates\\.' + 'io',
      'index\\.crates\\.' + 'io',
      'repo1?\\.maven\\.' + 'org',
      'proxy\\.golang\\.' + 'org',
      'rubygems\\.' + 'org',
    ].join('|'),
    'i',
  ),
  'a path of one machine': new RegExp(
    ['/tmp/' + 'wt/', '/tmp/' + 'whl', '/work/' + '(main|shared)', '/root/\\.' + '(pyenv|cargo)'].join('|'),
  ),
  'how it was made': new RegExp(
    ['sub' + '-?agents? (session|brief)', 'Co-Authored' + '-By', 'Generated ' + 'with'].join('|'),
    'i',
  ),
};

function tracked(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isFile());
}

test.each(Object.entries(FORBIDDEN))('no tracked file holds %s', (_what, pattern) => {
  const found = tracked().flatMap((path) => {
    const [match] = pattern.exec(readFileSync(join(ROOT, path), 'utf8')) ?? [];
    return match === undefined ? [] : [`${path}: ${match}`];
  });
  expect(found).toEqual([]);
});

test.each([
  ['a package registry’s host', 'https://registry.npmjs.' + 'org/x'],
  ['a path of one machine', 'see /tmp/' + 'wt/x'],
])('%s would be found', (what, text) => {
  expect(FORBIDDEN[what]?.test(text)).toBe(true);
});
