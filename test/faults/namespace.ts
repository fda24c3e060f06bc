import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

/**
 * Runs `observe-NAME.ts` in a network namespace of its own, where nothing but the lab exists, and returns what it saw.
 * @default folder - this one
 */
export function observeInNamespace<Observations>(name: string, folder = __dirname): Observations {
  const namespaces = process.getuid?.() === 0 ? ['-nm'] : ['-Urnm'];
  const script = [path.join(__dirname, 'inside.ts'), path.join(folder, `observe-${name}.ts`)];
  const child = spawnSync(
    'unshare',
    [...namespaces, '--kill-child', '-f', process.execPath, '--import', 'tsx', ...script],
    {
      encoding: 'utf8',
      timeout: 170_000,
      maxBuffer: 1 << 26,
    },
  );
  if (child.status !== 0) throw new Error(`observe-${name} ended with ${child.status}: ${child.stderr}`);
  // What observe-NAME.ts returned; the suite and it share the type.
  return JSON.parse(child.stdout) as Observations;
}
