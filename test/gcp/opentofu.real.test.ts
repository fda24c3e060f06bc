import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Life, live, synthesize } from './cycle';
import { plannedList } from './planned';
import { writeModule } from './write-module';

const ROOT = join(__dirname, '../..');
const EXAMPLES = ['gcp-minimal', 'gcp-existing-network', 'gcp-vertex', 'gcp-tool', 'gcp-two-agents'];
/** Named by ANCHORHOLD_TOFU, or the one on PATH. */
const PROGRAM = process.env.ANCHORHOLD_TOFU ?? 'tofu';
const version = /OpenTofu v(\S+)/.exec(spawnSync(PROGRAM, ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1];

const title = version === undefined ? `OpenTofu: skipped, no ${PROGRAM}; name one by ANCHORHOLD_TOFU` : 'OpenTofu';
(version === undefined ? describe.skip : describe)(title, () => {
  const lives = new Map<string, Life>();
  beforeAll(async () => {
    const { folders, remove } = synthesize(EXAMPLES.map((name) => `examples/${name}/app.ts`));
    const module = mkdtempSync(join(tmpdir(), 'anchorhold-tofu-'));
    writeModule(join(ROOT, 'examples/gcp-module/policy.yaml'), join(module, 'modules/coder'));
    cpSync(join(ROOT, 'examples/gcp-module/main.tf'), join(module, 'main.tf'));
    for (const [index, name] of EXAMPLES.entries())
      lives.set(name, await live(folders[index] ?? '', { program: PROGRAM }));
    // As a user's does, it starts the provider itself.
    lives.set('gcp-module', await live(module, { program: PROGRAM, version: '8.7.0', starts: true }));
    remove();
    rmSync(module, { recursive: true, force: true });
  }, 900_000);

  test.each([...EXAMPLES, 'gcp-module'])('takes %s through its whole life, and plans what Terraform plans', (name) => {
    const life = lives.get(name);
    const codes = Object.entries(life?.steps ?? {}).map(([step, { code }]) => `${step} ${code}`);
    expect(codes).toHaveLength(9);
    expect(codes.filter((line) => !line.endsWith(' 0'))).toEqual(['plan after the drift 2']);
    expect(life?.left).toBe(0);
    const list = join(ROOT, 'examples', name, 'expected.txt');
    expect(plannedList(life?.plan ?? '')).toBe(readFileSync(list, 'utf8'));
  });
});
