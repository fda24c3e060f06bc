import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SCRIPTS, standInPrograms } from './script';

test('npm test -- --help tells its own options, installs nothing and runs no test', () => {
  const { path, calls } = standInPrograms({ npm: 'exit 1', pip: 'exit 1', python3: 'exit 1', 'apt-get': 'exit 1' });
  const env = { PATH: path, HOME: path };
  const words = [join(SCRIPTS, 'test.mjs'), '--help'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
  expect({ status, stderr, asked: calls() }).toEqual({ status: 0, stderr: '', asked: '' });
  expect(stdout).toMatch(/^Usage: npm test -- \[--unit \| --real\]/);
});
