import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'anchorhold-cost-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Seconds of processor and megabytes at most, of a program as it is published. */
function cost(code: string): { seconds: number; megabytes: number } {
  const measure = `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stdout.write('\\n' + JSON.stringify({ seconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 })); });`;
  const text = execFileSync(process.execPath, ['-e', measure + code], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, CDKTF_OUTDIR: out, POLICY: 'examples/gcp-minimal/policy.yaml' },
  });
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as ReturnType<typeof cost>; // written just above
}

test('synthesizing the reference stack takes under three seconds of processor', () => {
  expect(cost(`require('./dist/bin/gcp.js')`).seconds).toBeLessThan(3);
});

test('importing the constructs costs a fraction of the google bindings’ root', () => {
  const { seconds, megabytes } = cost(`require('./dist/lib/gcp')`);
  expect(seconds).toBeLessThan(2);
  expect(megabytes).toBeLessThan(200);
});
