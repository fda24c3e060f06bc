import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Exit of the command in a process of its own whose reader of one stream has gone before it writes. */
async function withoutReader(stream: 'stdout' | 'stderr', args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'bin/anchorhold.ts'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child[stream].destroy();
  const [exit] = (await once(child, 'close')) as [number | null];
  return exit;
}

test('a reader of the result that has gone (`| head`) is no failure', async () => {
  expect(await withoutReader('stdout', ['--help'])).toBe(0);
});

test('a reader of the errors that has gone changes no exit', async () => {
  expect(await withoutReader('stderr', ['check', 'nothing-there.yaml'])).toBe(2);
});
