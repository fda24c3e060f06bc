import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerfileParser, From, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { PLACEHOLDER } from '../../lib/clients';

const ROOT = join(__dirname, '../..');
const AGENTS = readdirSync(join(ROOT, 'examples/agents')).map((name) => `examples/agents/${name}/Dockerfile`);
const ALL = [...AGENTS, 'images/keeper/Dockerfile'];

function read(file: string): { readonly text: string; readonly instructions: readonly Instruction[] } {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return { text, instructions: DockerfileParser.parse(text).getInstructions() };
}

/** What follows the last instruction of this name; ours stand once each. */
function last(file: string, name: string): string | undefined {
  const found = read(file).instructions.filter((one) => one.getInstruction() === name);
  return found.at(-1)?.getArgumentsContent() ?? undefined;
}

describe.each(ALL)('%s', (file) => {
  test('has nothing a linter objects to', () => {
    expect(validate(read(file).text).map(({ message }) => message)).toEqual([]);
  });

  test('runs as an id that is not root’s', () => {
    expect(last(file, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test('takes the setuid and setgid bits of every file away, after all that brings files', () => {
    const { instructions } = read(file);
    const names = instructions.map((one) => one.getInstruction());
    const stripped = instructions.findIndex((one) =>
      one.getArgumentsContent()?.includes('find / -xdev -type f -perm /6000 -exec chmod a-s {} +'),
    );
    expect(stripped).toBeGreaterThan(0);
    expect(names.slice(stripped + 1)).not.toContain('RUN');
    for (const copy of read(file).text.match(/^COPY .*$/gm) ?? []) expect(copy).toMatch(/^COPY --chmod=0[0-7]{3} /);
  });

  test('takes its base by an argument, so that whoever builds pins it', () => {
    const bases = read(file).instructions.filter((one) => one instanceof From);
    expect(bases.map((one) => one.getImage())).toEqual([expect.stringMatching(/^\$\{(BASE|NODE)\}$/)]);
  });

  test('holds no credential but the placeholder', () => {
    const values = [...read(file).text.matchAll(/\b\w*(?:KEY|TOKEN|SECRET|PASSWORD)\w*=(\S+)/g)].map(
      ([, value]) => value,
    );
    expect(values.filter((value) => value !== PLACEHOLDER)).toEqual([]);
  });
});

test('what the images of the agents copy is there', () => {
  for (const file of AGENTS) {
    for (const copy of read(file).instructions.filter((one) => one.getInstruction() === 'COPY')) {
      const [source = ''] = copy.getRawArgumentsContent()?.split(' ') ?? [];
      expect(existsSync(join(ROOT, dirname(file), source))).toBe(true);
    }
  }
});

test.each(['v1.40.0', 'USER root\nRUN curl'])('the linter objects to what isn’t a Dockerfile: %s', (text) => {
  expect(validate(text)).not.toEqual([]);
});

test('the keeper’s image has what the task relies on: its program as entry, and a volume that its user owns', () => {
  const file = 'images/keeper/Dockerfile';
  expect(last(file, 'ENTRYPOINT')).toBe('["/keeper"]');
  expect(last(file, 'VOLUME')).toBe('/run/anchorhold');
  expect(last(file, 'USER')).toBe('101:101');
  expect(read(file).text).toContain('install -d -m 0700 -o 101 -g 101 /run/anchorhold');
});

test('Claude Code’s managed settings turn off all its other traffic, and name no key', () => {
  const settings: unknown = JSON.parse(
    readFileSync(join(ROOT, 'examples/agents/claude-code/managed-settings.json'), 'utf8'),
  );
  expect(settings).toEqual({
    env: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_BUG_COMMAND: '1',
    },
  });
  expect(last('examples/agents/claude-code/Dockerfile', 'COPY')).toBe(
    'managed-settings.json /etc/claude-code/managed-settings.json',
  );
});
