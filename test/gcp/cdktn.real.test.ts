import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from './cycle';

const ROOT = join(__dirname, '../..');
const HOOK = ['--require', join(__dirname, 'use-cdktn.cjs')];

interface Written {
  readonly version: unknown;
  readonly text: string;
  readonly bytes: string;
}

/** What syntheses are, and which library they say made them. */
function synthesized(programs: readonly string[], words: readonly string[] = []): Written[] {
  const { folders, remove } = synthesize(programs, {}, words);
  const written = folders.map((folder) => {
    const bytes = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
    const json = JSON.parse(bytes) as { '//': { metadata: { version?: string } } }; // the library's own note
    const { version } = json['//'].metadata;
    delete json['//'].metadata.version;
    return { version, text: JSON.stringify(json), bytes };
  });
  remove();
  return written;
}

const PROGRAMS = ['bin/gcp.ts', 'examples/gcp-two-agents/app.ts'];
let old: readonly Written[];
let living: readonly Written[];
beforeAll(() => {
  old = synthesized(PROGRAMS);
  living = synthesized(PROGRAMS, HOOK);
});

test.each(PROGRAMS.map((program, index) => [program, index] as const))(
  '%s is the same under cdktf and its living successor, but for the version they write',
  (_, index) => {
    const [before, after] = [old[index], living[index]];
    expect([before?.version, after?.version]).toEqual(['0.21.0', expect.stringMatching(/^0\.2[4-9]\./)]);
    expect(after?.text).toBe(before?.text);
  },
);

test('two syntheses of the reference stack are the same bytes, and hold no path of this machine', () => {
  const bytes = old[0]?.bytes ?? '';
  expect(bytes).toContain('google_cloud_run_v2_job');
  expect(synthesized(['bin/gcp.ts'])[0]?.bytes).toBe(bytes);
  expect(bytes).not.toContain(ROOT);
});

test('the constructs’ types hold under the successor too', () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const check = () =>
    execFileSync(process.execPath, [tsc, '-p', join(__dirname, 'tsconfig.cdktn.json')], { encoding: 'utf8' });
  expect(check()).toBe('');
});
