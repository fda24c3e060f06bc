/** `npm start`: installs what is missing, builds, and shows the boundary at work around a real agent. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { installNodePackages } from './node-packages.mjs';
import { prepare } from './prepare.mjs';
import { asProgram, root } from './say.mjs';

await asProgram(import.meta.url, (args) => {
  // Help, or a mistake: told before anything is fetched and built.
  if (args.some((arg) => arg !== '--json')) installNodePackages();
  else {
    prepare();
    build();
  }
  const demo = join(root, 'examples', 'demo', 'demo.ts');
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', demo, ...args], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
});
