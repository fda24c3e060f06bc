/** `npm start`: installs what is missing, builds, and shows the boundary at work around a real agent. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { prepare } from './prepare.mjs';
import { asProgram, root } from './say.mjs';

await asProgram(import.meta.url, (args) => {
  prepare();
  build();
  const demo = join(root, 'examples', 'demo', 'demo.ts');
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', demo, ...args], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
});
