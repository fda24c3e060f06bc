import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Internet } from '../../examples/demo/stand-in';
import { definePolicy } from '../../lib/policy';
import type { RunOptions, RunResult } from '../../lib/twin';
import { run } from '../../lib/twin';

export const KEY = 'sk-canary-5d1c0b7e9f';

/** One host with a key, one rule: enough to see what passes and what doesn't. */
export const POLICY = definePolicy({
  policy: 1,
  name: 'twin-test',
  upstreams: [
    {
      host: 'api.model.example',
      prefix: '/model',
      ca: 'stand-in',
      credential: { header: 'x-api-key', secret: 'model-key' },
      rules: ['POST /v1/messages'],
    },
  ],
});

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Runs a shell script in a cell whose world is the stand-in internet. */
export function runScript(internet: Internet, script: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-test-'));
  folders.push(folder);
  writeFileSync(join(folder, 'authority.pem'), internet.authority);
  process.env['TWIN_TEST_KEY'] = KEY;
  return run({
    policy: POLICY,
    command: ['sh', '-c', script],
    secrets: { 'model-key': { env: 'TWIN_TEST_KEY' } },
    authorities: { 'stand-in': join(folder, 'authority.pem') },
    uplink: { kind: 'veth', namespace: internet.namespace.name, resolver: internet.resolver },
    runDirectory: folder,
    stdio: 'capture',
    notice: () => undefined,
    ...options,
  });
}

/** True where a program is installed. */
export function hasProgram(path: string): boolean {
  return existsSync(path);
}
