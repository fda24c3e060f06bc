import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorhold } from '../cli/session';
import { blocksIn, blocksOf, ROOT } from './blocks';

const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
const shell = blocksOf('sh', 'bash');

test('blocks are found, with their page and line', () => {
  expect(blocksIn('a.md', 'x\n```sh\nnpm start\n```\n')).toEqual([
    { where: 'a.md:2', language: 'sh', text: 'npm start\n' },
  ]);
  expect(shell.length).toBeGreaterThan(2);
});

test.each(shell.map((block) => [block.where, block.text]))('the shell block at %s is sound shell', (_where, text) => {
  expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

const lines = shell.flatMap(({ where, text }) =>
  text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(Boolean)
    .map((line) => [where, line] as const),
);

test.each(lines)('%s: what `%s` names is there', async (_where, line) => {
  const words = line
    .replace(/['"]/g, '')
    .split(/\s+/)
    .filter((word) => !/^[A-Z_]+=/.test(word));
  for (const path of words.filter((word) => /^(lib|bin|examples|docs|test|scripts)\//.test(word)))
    expect({ path, there: existsSync(join(ROOT, path)) }).toEqual({ path, there: true });
  const script = /^npm (?:run )?(\S+)/.exec(words.join(' '))?.[1];
  if (script !== undefined && !['install', 'ci', 'i'].includes(script)) expect(Object.keys(scripts)).toContain(script);
  const at = words.findIndex((word) => /(^|\/)anchorhold(\.js)?$/.test(word));
  const command = at < 0 ? undefined : words[at + 1];
  if (command === undefined || command.startsWith('-')) return;
  const { exit, out } = await anchorhold([command, '--help']);
  expect(exit).toBe(0);
  // each option that the line uses is one that the command has
  const own = words.slice(at + 2, words.includes('--') ? words.indexOf('--') : undefined);
  for (const option of own.filter((word) => word.startsWith('-'))) expect(out).toContain(option);
});
