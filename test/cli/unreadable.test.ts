import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorhold, SOUND, temporaryDirectory } from './session';

const directory = temporaryDirectory();
const NOT_UTF8 = Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]);

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const sound = file('sound.yaml', SOUND);
const notUtf8 = file('latin.yaml', NOT_UTF8);

test.each([
  ['check', ['check', notUtf8]],
  ['prove', ['prove', notUtf8]],
  ['a policy of prove', ['prove', sound, '--policy', notUtf8]],
  ['a baseline', ['prove', sound, '--baseline', notUtf8]],
])('%s refuses bytes that aren’t UTF-8', async (_what, argv) => {
  const { exit, out, err } = await anchorhold(argv);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toBe(`anchorhold: ${notUtf8}: expected UTF-8 text, got other bytes [not-utf-8]\n`);
});

test.each(['check', 'prove'])('%s refuses them from standard input too', async (command) => {
  const { exit, err } = await anchorhold([command, '-'], { input: NOT_UTF8 });
  expect(exit).toBe(2);
  expect(err).toBe('anchorhold: standard input: expected UTF-8 text, got other bytes [not-utf-8]\n');
});

test.each([
  ['check', '[document-too-large]'],
  ['prove', '[template-too-large]'],
])('%s doesn’t read a device without an end into memory', async (command, code) => {
  const { exit, err } = await anchorhold([command, '/dev/zero']);
  expect(exit).toBe(2);
  expect(err).toContain(`/dev/zero: expected at most `);
  expect(err).toContain(code);
});

test.each([
  ['check', 'expected a policy file, got a directory'],
  ['compile', 'expected a policy file, got a directory'],
])('%s says that a path is a directory', async (command, message) => {
  expect(await anchorhold([command, directory])).toMatchObject({ exit: 2, err: expect.stringContaining(message) });
});

test.each([
  ['below a file', join(sound, 'out'), '[out-not-a-directory]'],
  ['where nobody may', '/sys/anchorhold-out', '[out-unwritable]'],
])('compile --out %s is told in a sentence', async (_where, out, code) => {
  const session = await anchorhold(['compile', sound, '--out', out]);
  expect(session).toMatchObject({ exit: 2, out: '', err: expect.stringContaining(code) });
  expect(session.err).toMatch(/^anchorhold: --out: expected a directory/);
});

test('prove reads standard input for one thing only', async () => {
  const { exit, err } = await anchorhold(['prove', '-', '--baseline', '-'], { input: '{}' });
  expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('[stdin-twice]') });
});

test('a byte order mark before a policy or a template is no part of it', async () => {
  expect((await anchorhold(['check', file('bom.yaml', `\ufeff${SOUND}`)])).exit).toBe(0);
  mkdirSync(join(directory, 'bom.out'));
  file('bom.out/S.template.json', '\ufeff{"Resources":{}}');
  expect((await anchorhold(['prove', join(directory, 'bom.out')])).err).toBe('');
});
