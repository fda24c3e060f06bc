import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from './cycle';

const ROOT = join(__dirname, '../..');
const HOOK = ['--require', join(__dirname, 'use-cdktn.cjs')];

/** What a synthesis is, and which library it says made it. */
function synthesis(program: string, words: readonly string[] = []): { version: unknown; text: string; bytes: string } {
  const { folder, remove } = synthesize(program, {}, words);
  const bytes = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
  remove();
  const json = JSON.parse(bytes) as { '//': { metadata: { version?: string } } }; // the library's own note
  const { version } = json['//'].metadata;
  delete json['//'].metadata.version;
  return { version, text: JSON.stringify(json), bytes };
}

test.each(['bin/gcp.ts', 'examples/gcp-two-agents/app.ts'])(
  '%s is the same under cdktf and its living successor, but for the version they write',
  (program) => {
    const old = synthesis(program);
    const living = synthesis(program, HOOK);
    expect([old.version, living.version]).toEqual(['0.21.0', expect.stringMatching(/^0\.2[4-9]\./)]);
    expect(living.text).toBe(old.text);
  },
);

test('two syntheses of the reference stack are the same bytes, and hold no path of this machine', () => {
  const { bytes } = synthesis('bin/gcp.ts');
  expect(synthesis('bin/gcp.ts').bytes).toBe(bytes);
  expect(bytes).not.toContain(ROOT);
});

test('the constructs’ types hold under the successor too', () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const check = () =>
    execFileSync(process.execPath, [tsc, '-p', join(__dirname, 'tsconfig.cdktn.json')], { encoding: 'utf8' });
  expect(check()).toBe('');
});
