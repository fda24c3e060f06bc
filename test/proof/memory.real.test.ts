import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largeTemplate } from './large';

const folder = mkdtempSync(join(tmpdir(), 'anchorhold-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(__dirname, '../../dist/bin/anchorhold.js');

/** The published program on a file, with a heap of at most so many megabytes. */
function proveWithin(megabytes: number, file: string) {
  const args = [`--max-old-space-size=${megabytes}`, program, 'prove', file, '--json'];
  return spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e9 });
}

test('5,000 resources are judged in a heap of 300 MB, and a heap too small for them is seen to fail', () => {
  const file = join(folder, 'large.json');
  writeFileSync(file, JSON.stringify({ Resources: largeTemplate(5000) }));
  const { status, stdout, signal } = proveWithin(300, file);
  expect({ status, signal }).toEqual({ status: 1, signal: null });
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'open' });
  expect(proveWithin(4, file).signal).toBe('SIGABRT');
});
