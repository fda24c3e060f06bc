import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'anchorhold-cost-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Runs what is published in a heap of so many megabytes, and lists the files it loaded. */
function load(code: string, megabytes: number) {
  const list = `process.on('exit', () => process.stdout.write('\\n' + JSON.stringify(Object.keys(require.cache))));`;
  const child = spawnSync(process.execPath, [`--max-old-space-size=${megabytes}`, '-e', list + code], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { PATH: process.env.PATH, CDKTF_OUTDIR: out, POLICY: 'examples/gcp-minimal/policy.yaml' },
  });
  const files = child.status === 0 ? (JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as string[]) : []; // written just above
  return { status: child.status, files };
}

test.each([
  ['importing the constructs', `require('./dist/lib/gcp')`],
  ['synthesizing the reference stack', `require('./dist/bin/gcp.js')`],
])('%s loads only the google bindings it uses, in a heap that their root doesn’t fit in', (_, code) => {
  const { status, files } = load(code, 90);
  expect(status).toBe(0);
  const bindings = files.filter((file) => file.includes('@cdktf/provider-google/lib/'));
  expect(bindings.length).toBeGreaterThan(10);
  expect(bindings.length).toBeLessThan(300);
  expect(bindings).not.toContain(join(ROOT, 'node_modules/@cdktf/provider-google/lib/index.js'));
});

test('the root of the bindings is seen to need more', () => {
  expect(
    load(`require('@cdktf/provider-google')['computeNetwork']; Object.values(require('@cdktf/provider-google'))`, 90)
      .status,
  ).not.toBe(0);
});
