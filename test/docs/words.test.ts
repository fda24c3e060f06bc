import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What ties the project to one registry or one machine, as this machine has it: a list here would itself be one. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  'the package registry’s host': new URL(
    execFileSync('npm', ['config', 'get', 'registry'], { cwd: ROOT, encoding: 'utf8' }).trim(),
  ).host,
  'the path of this clone': `${ROOT}/`,
};

function tracked(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isFile());
}

function holding(word: string, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => readFileSync(join(ROOT, path), 'utf8').includes(word));
}

test.each(Object.entries(FORBIDDEN))('no tracked file holds %s', (_what, word) => {
  expect(holding(word, tracked())).toEqual([]);
});

test('a word that a file holds is found', () => {
  expect(holding('"anchorhold"', ['package.json', 'LICENSE'])).toEqual(['package.json']);
});

test('the lock file records no download address', () => {
  expect(holding('"resolved"', ['package-lock.json'])).toEqual([]);
});
