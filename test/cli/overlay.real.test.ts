import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { asNamespaceRoot } from '../../examples/demo/stand-in';
import { policyFile, temporaryDirectory } from './session';

const ROOT = join(__dirname, '../..');
const POLICY = policyFile('policy: 1\nname: files\nupstreams: []\n');
const CHANGE =
  'echo new >code.txt; mkdir -p .git/hooks; echo evil >.git/hooks/pre-commit; echo x >"$(printf \'x\\033[2J\')"';

/** Where the proxy's way out leads: a namespace in which there is nothing. */
const NOWHERE = `ah-nowhere-${process.pid}`;
const root = process.getuid?.() === 0;
beforeAll(() => void (root && execFileSync('ip', ['netns', 'add', NOWHERE])));
afterAll(() => void (root && execFileSync('ip', ['netns', 'delete', NOWHERE])));

function workspace(): string {
  const folder = join(temporaryDirectory(), 'workspace');
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, 'code.txt'), 'old\n');
  return folder;
}

function words(folder: string, flags: readonly string[]): readonly string[] {
  const cli = [process.execPath, '--import', require.resolve('tsx'), join(ROOT, 'bin/anchorhold.ts')];
  const way = ['--policy', POLICY, '--uplink', `veth:${NOWHERE}`, '--workspace-overlay', folder];
  const all = [...cli, 'run', ...way, ...flags, '--', 'sh', '-c', CHANGE];
  return root ? all : [...asNamespaceRoot(['sh', '-c', `ip netns add ${NOWHERE} && exec "$@"`, 'sh', ...all])];
}

function withoutTerminal(folder: string, ...flags: string[]) {
  const [program = '', ...rest] = words(folder, flags);
  return spawnSync(program, rest, { encoding: 'utf8', env: process.env });
}

/** On a terminal of its own, where someone types `answer` when asked. Returns all that the terminal showed. */
function onTerminal(folder: string, answer: string): string {
  const script = `
import os, pty, sys
asked = False
def read(fd):
    global asked
    data = os.read(fd, 4096)
    if b'[apply/discard]' in data and not asked:
        asked = True
        os.write(fd, ${JSON.stringify(`${answer}\n`)}.encode())
    return data
pty.spawn(${JSON.stringify(words(folder, []))}, read)`;
  return spawnSync('python3', ['-c', script], { encoding: 'utf8', env: process.env, input: '' }).stdout;
}

const code = (folder: string) => readFileSync(join(folder, 'code.txt'), 'utf8');

test('on a terminal the changes are listed, asked about, and applied when so answered', () => {
  const folder = workspace();
  const shown = onTerminal(folder, 'apply');
  expect(shown).toMatch(/modified code\.txt[^]*Apply these changes to the workspace\? \[apply\/discard\]/);
  expect(shown).toContain('not applied: .git/hooks/pre-commit');
  expect(code(folder)).toBe('new\n');
  expect(existsSync(join(folder, '.git/hooks/pre-commit'))).toBe(false);
});

test.each(['discard', '', 'what?'])('on a terminal the answer %j discards them', (answer) => {
  const folder = workspace();
  expect(onTerminal(folder, answer)).toContain('the changes were discarded');
  expect(code(folder)).toBe('old\n');
});

test('a name that the command chose is shown without the escape sequence in it', () => {
  expect(onTerminal(workspace(), 'discard')).toContain('x\\x1b[2J');
});

test('without a terminal nothing is applied unless it was asked for', () => {
  const folder = workspace();
  const { status, stderr } = withoutTerminal(folder);
  expect(status).toBe(0);
  expect(stderr).toContain('no terminal to ask on; pass --apply to keep the changes');
  expect(code(folder)).toBe('old\n');
});

test('--apply applies and --discard discards, without a question', () => {
  const [applied, discarded] = [workspace(), workspace()];
  expect(withoutTerminal(applied, '--apply').stderr).not.toContain('[apply/discard]');
  expect(withoutTerminal(discarded, '--discard').stderr).toContain('the changes were discarded');
  expect([code(applied), code(discarded)]).toEqual(['new\n', 'old\n']);
});

test('run --json is one document of its schema, with the changes and those that were refused', () => {
  const { status, stdout } = withoutTerminal(workspace(), '--apply', '--json');
  expect(status).toBe(0);
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(join(ROOT, 'schemas/run.schema.json'), 'utf8')),
  );
  validate(JSON.parse(stdout));
  expect(validate.errors).toBeNull();
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'run',
    sound: true,
    exitCode: 0,
    summary: [],
    overlay: { applied: true, refused: [{ path: '.git/hooks/pre-commit', change: 'added' }] },
  });
});
